#include "models/system/library.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace snsim {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
    std::error_code failed;
    return fs::is_regular_file(path, failed);
}

/// Stems of the .yaml files in a folder, added to a list.
void add_names(const fs::path& folder, std::vector<std::string>& names) {
    std::error_code failed;
    for (fs::directory_iterator it(folder, failed), end; !failed && it != end;
         it.increment(failed)) {
        if (it->path().extension() == ".yaml" && is_file(it->path())) {
            names.push_back(it->path().stem().string());
        }
    }
}

void sort_unique(std::vector<std::string>& names) {
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
}

bool is_bare(const std::string& name) {
    return !name.empty() && name.find('/') == std::string::npos && name.front() != '.';
}

}  // namespace

std::string Library::find_file(const std::string& text, const char* folder) const {
    if (is_file(text)) return text;
    if (home_.empty() || !is_bare(text)) return {};
    for (const std::string& name : {text, text + ".yaml"}) {
        const fs::path path = fs::path(home_) / folder / name;
        if (path.extension() == ".yaml" && is_file(path)) return path.string();
    }
    return {};
}

std::string Library::find_scenario(const std::string& text) const {
    return find_file(text, "scenarios");
}

std::vector<std::string> Library::scenarios() const {
    std::vector<std::string> names;
    if (!home_.empty()) add_names(fs::path(home_) / "scenarios", names);
    sort_unique(names);
    return names;
}

std::string Library::find_sweep(const std::string& text) const {
    return find_file(text, "scenarios/sweeps");
}

std::vector<std::string> Library::sweeps() const {
    std::vector<std::string> names;
    if (!home_.empty()) add_names(fs::path(home_) / "scenarios" / "sweeps", names);
    sort_unique(names);
    return names;
}

std::vector<std::string> Library::folders(std::string_view kind, const std::string& near) const {
    std::vector<std::string> out;
    if (!near.empty()) out.push_back((fs::path(near) / "profiles" / kind).string());
    if (!home_.empty()) out.push_back((fs::path(home_) / "scenarios" / "profiles" / kind).string());
    return out;
}

std::string Library::find_profile(std::string_view kind, const std::string& name,
                                  const std::string& near) const {
    if (!is_bare(name)) return {};
    for (const std::string& folder : folders(kind, near)) {
        const fs::path file = fs::path(folder) / (name + ".yaml");
        if (is_file(file)) return file.lexically_normal().string();
    }
    return {};
}

std::vector<std::string> Library::profiles(std::string_view kind, const std::string& near) const {
    std::vector<std::string> names;
    for (const std::string& folder : folders(kind, near)) add_names(folder, names);
    sort_unique(names);
    return names;
}

std::string shown_path(const std::string& path) {
    std::error_code failed;
    const fs::path absolute = fs::weakly_canonical(path, failed);
    if (failed) return path;
    const fs::path here = fs::weakly_canonical(fs::current_path(failed), failed);
    if (failed) return path;
    const fs::path relative = absolute.lexically_relative(here);
    if (relative.empty() || *relative.begin() == "..") return absolute.string();
    return relative.string();
}

std::string file_about(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::string out;
    while (std::getline(file, line) && !line.empty() && line.front() == '#') {
        const auto from = line.find_first_not_of("# ");
        if (from == std::string::npos) break;
        out += (out.empty() ? "" : " ") + line.substr(from);
        if (const auto stop = out.find(". "); stop != std::string::npos) return out.substr(0, stop);
    }
    if (!out.empty() && out.back() == '.') out.pop_back();
    return out;
}

}  // namespace snsim
