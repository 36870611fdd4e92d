#include "app/build_error.h"

#include <cstdio>
#include <string>

#include "app/exit_code.h"
#include "models/system/library.h"

namespace snsim {

int report_build_error(const LoadedScenario& loaded, const std::invalid_argument& error) {
    std::string message = error.what();
    std::string path;
    const Node* node = nullptr;
    if (const auto colon = message.find(": "); colon != std::string::npos) {
        path = message.substr(0, colon);
        message.erase(0, colon + 2);
        // What is written nowhere has its default; then the nearest section above it is the place.
        for (std::string at = path; node == nullptr && !at.empty();) {
            node = find_path(loaded.tree, at);
            const auto dot = at.rfind('.');
            at.erase(dot == std::string::npos ? 0 : dot);
        }
    }
    Diagnostics diagnostics;
    diagnostics.error(node != nullptr ? node->origin : labelled(shown_path(loaded.path), ".", 0),
                      path, message);
    std::fputs(diagnostics.text().c_str(), stderr);
    return exit_usage;
}

}  // namespace snsim
