// Parameters of a class of memory accesses, as a benchmark of the bus makes them: which addresses,
// in which order, how many at once.
#pragma once

#include <optional>

#include "models/base/params.h"

namespace snsim {

enum class AccessOperation { none, read, write, read_write, write_then_read };
enum class AccessOrder { random, sequential };
enum class CacheState { warm, cold };

struct AccessParams {
    AccessOperation operation;  ///< none: the class consists of frames
    Bytes size;
    Bytes window;
    std::optional<Bytes> spacing;
    AccessOrder order;
    CacheState cache;
    std::int64_t node;
    std::int64_t outstanding;
    bool direct;
    std::int64_t function;
    bool mapped;
    static const ParamTable& params();
};

}  // namespace snsim
