#include "models/base/check.h"

#include <cstring>
#include <stdexcept>
#include <string>

namespace snsim {

void fail_check(const char* file, int line, const char* condition, const char* why) {
    const char* name = std::strstr(file, "models/");
    throw std::logic_error(std::string(name ? name : file) + ":" + std::to_string(line) + ": " +
                           why + " (" + condition + ")");
}

}  // namespace snsim
