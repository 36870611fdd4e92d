// Parameters of the software behind one interface: driver, early program, packet filter, socket and
// application.
#pragma once

#include <optional>
#include <vector>

#include "models/base/params.h"
#include "models/base/units.h"

namespace snsim {

/// Who takes frames out of the rings.
enum class Driver {
    sink,      ///< nobody: a frame is delivered when its completion is in memory, at no cost
    poll,      ///< the application, which does nothing else
    interrupt  ///< the kernel, when the card interrupts
};
/// What the program at the kernel driver's early hook does with each frame.
enum class EarlyProgram { none, pass, drop, transmit, redirect, route, balance };
/// Where the kernel's packet filter drops every frame.
enum class PacketFilter { none, raw, input, connection };
/// What becomes of frames in the end.
enum class Application { receive, drop, forward, reply };
/// What becomes of what an application sends when the ring is full: it waits, it is lost, or, by
/// protocol, TCP waits and UDP is lost.
enum class WhenFull { protocol, wait, drop };

struct DriverParams {
    Driver driver;
    Application application;
    std::int64_t core;                             ///< of the first queue; others follow
    std::optional<std::int64_t> application_core;  ///< absent: the queue's own
    std::int64_t burst;
    std::int64_t budget;
    std::int64_t softirq_budget;
    Duration softirq_time;
    std::int64_t refill;
    bool adaptive;
    EarlyProgram program;
    std::int64_t nodes;  ///< that a routing program's look-up visits
    PacketFilter filter;
    bool gro;
    Bytes read;
    Bytes socket;
    std::int64_t work;  ///< of the application, cycles per read and per call that sends
    Bytes write;        ///< of a stream, with one system call
    bool tso;
    bool checksum_offload;
    WhenFull when_full;
};

/// The rows of DriverParams for a struct that derives from it.
[[nodiscard]] std::vector<RowPtr> driver_rows();

}  // namespace snsim
