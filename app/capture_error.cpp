#include "app/capture_error.h"

#include <cstdio>
#include <string>

#include "app/exit_code.h"

namespace snsim {

int report_capture_error(const LoadedScenario& loaded, const CaptureError& error) {
    const std::string message = error.what();  // begins with the capture's path
    Diagnostics diagnostics;
    for (const TrafficParams& traffic : loaded.scenario.traffic) {
        if (traffic.capture.empty() || message.rfind(traffic.capture.path, 0) != 0) continue;
        const std::string path = traffic.name + ".capture";
        const Node* node = find_path(loaded.tree, path);
        diagnostics.error(node == nullptr ? Origin{} : node->origin, path, message);
        break;
    }
    if (diagnostics.ok()) diagnostics.error(Origin{}, "traffic", message);
    std::fputs(diagnostics.text().c_str(), stderr);
    switch (error.kind()) {
        case CaptureError::Kind::missing:
        case CaptureError::Kind::unreadable:
        case CaptureError::Kind::truncated: return exit_io;
        case CaptureError::Kind::not_a_capture:
        case CaptureError::Kind::link_type:
        case CaptureError::Kind::empty: return exit_usage;
    }
    return exit_io;
}

}  // namespace snsim
