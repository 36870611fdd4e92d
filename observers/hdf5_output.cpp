#include "observers/hdf5_output.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/types.h>
#include <unistd.h>
#include <utility>

namespace snsim {
namespace {

namespace fs = std::filesystem;

std::string in_words(int error) { return std::strerror(error); }

/// Removes NAME.<pid>.part of processes that no longer live.
void remove_stale_parts(const fs::path& target) {
    const std::string prefix = target.filename().string() + ".";
    const std::string suffix = ".part";
    const fs::path directory = target.has_parent_path() ? target.parent_path() : fs::path(".");
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(directory, ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.size() <= prefix.size() + suffix.size() || name.rfind(prefix, 0) != 0 ||
            name.compare(name.size() - suffix.size(), suffix.size(), suffix) != 0) {
            continue;
        }
        const std::string pid =
            name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
        if (pid.size() > 9 || pid.find_first_not_of("0123456789") != std::string::npos) continue;
        if (::kill(static_cast<pid_t>(std::atoi(pid.c_str())), 0) != 0 && errno == ESRCH) {
            fs::remove(entry.path(), ignored);
        }
    }
}

/// "results/x.h5" -> "results/x.partial.h5"
std::string partial_name(const std::string& target) {
    const fs::path path(target);
    const bool has_ending = path.extension() == ".h5";
    return (has_ending ? fs::path(path).replace_extension() : path).string() + ".partial.h5";
}

/// Whether a file is there that is not for an output to replace.
bool is_foreign(const std::string& path) {
    std::error_code failed;
    if (!fs::exists(path, failed) || fs::is_empty(path, failed)) return false;
    const hdf5::Quiet quiet;
    return H5Fis_hdf5(path.c_str()) <= 0;
}

/// Makes the file's content, or a directory's entries, survive a power cut.
int synchronise(const std::string& path, int flags) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
    if (descriptor < 0) return errno;
    const int error = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    return error;
}

}  // namespace

ResultsError::ResultsError(std::string path, std::string reason)
    : std::runtime_error(path + ": " + reason),
      path_(std::move(path)),
      reason_(std::move(reason)) {}

void remove_partial(const std::string& path) {
    const std::string partial = partial_name(path);
    std::error_code ignored;
    if (!is_foreign(partial)) fs::remove(partial, ignored);
}

hid_t Hdf5Groups::at(const std::vector<std::string>& parts) {
    hid_t parent = root_;
    std::string path;
    for (const std::string& part : parts) {
        path += "/" + part;
        hdf5::Handle& group = groups_[path];
        if (group.id() < 0) group = hdf5::new_group(parent, part);
        parent = group.id();
    }
    return parent;
}

void Hdf5Output::write(const Table& table) {
    const fs::path path(table.path);
    std::vector<std::string> parents;
    for (const fs::path& part : path.parent_path()) parents.push_back(part.string());
    hdf5::write_table(groups_->at(parents), path.filename().string(), table);
    check_disk();
}

void Hdf5Output::write_profiles(const std::map<std::string, std::string>& texts) {
    std::vector<std::string> names;
    const hid_t profiles = groups_->at({"profiles"});
    for (const auto& [name, text] : texts) {
        hdf5::attribute(profiles, name.c_str(), text);
        names.push_back(name);
    }
    if (!names.empty()) hdf5::attribute(file_.id(), "profiles", names);
}

void Hdf5Output::write_provenance(const Provenance& provenance) {
    const hid_t group = groups_->at({"provenance"});
    for (const auto& [name, text] : provenance.texts) {
        hdf5::attribute(group, name.c_str(), text);
    }
    for (const auto& [name, number] : provenance.numbers) {
        hdf5::attribute(group, name.c_str(), number);
    }
}

Hdf5Output::Hdf5Output(std::string path) : path_(std::move(path)), target_(path_) {
    std::error_code error;
    if (fs::is_symlink(target_, error)) target_ = fs::weakly_canonical(target_, error).string();
    if (fs::is_directory(target_, error)) throw ResultsError(path_, in_words(EISDIR));
    if (fs::exists(target_, error) && !fs::is_regular_file(target_, error)) {
        throw ResultsError(path_, "not a regular file");
    }
    for (const std::string& name : {target_, partial_name(target_)}) {
        if (!is_foreign(name)) continue;
        throw OutputRefused(name,
                            "is there and no HDF5 file: results do not replace it; give another "
                            "output, or remove it");
    }
    remove_stale_parts(target_);
    temporary_ = target_ + "." + std::to_string(::getpid()) + ".part";
    guarded([this] { create(); });
    groups_ = std::make_unique<Hdf5Groups>(file_.id());
}

Hdf5Output::~Hdf5Output() { abandon(); }

void Hdf5Output::guarded(const std::function<void()>& body) {
    const hdf5::Quiet quiet;
    std::string reason;
    try {
        if (temporary_.empty()) throw hdf5::Failure("the file is closed");
        body();
        check_disk();
        return;
    } catch (const hdf5::Failure& failure) {
        reason = disk_.error != 0 ? in_words(disk_.error) : failure.what();
    } catch (...) {
        abandon();
        throw;
    }
    abandon();
    throw ResultsError(path_, reason);
}

/// The driver swallows errors; this is where they come out.
void Hdf5Output::check_disk() const {
    if (disk_.error != 0) throw hdf5::Failure(in_words(disk_.error));
}

void Hdf5Output::create() {
    const hdf5::Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    // The format of 1.10 (2016): attributes above 64 KiB, and short series take half the space.
    hdf5::check(H5Pset_libver_bounds(access.id(), H5F_LIBVER_V110, H5F_LIBVER_V110));
    hdf5::check(H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG));
    hdf5::use_noting_driver(access.id(), disk_);
    const hdf5::Handle properties = hdf5::creation_properties(H5P_FILE_CREATE);
    file_ = {H5Fcreate(temporary_.c_str(), H5F_ACC_TRUNC, properties.id(), access.id()), H5Fclose};
}

std::string Hdf5Output::close(bool whole) {
    std::string target = whole ? target_ : partial_name(target_);
    guarded([&] {
        groups_.reset();
        file_.close();
        check_disk();
        if (const int error = synchronise(temporary_, 0); error != 0) {
            throw hdf5::Failure(in_words(error));
        }
        if (std::rename(temporary_.c_str(), target.c_str()) != 0) {
            throw hdf5::Failure(in_words(errno));
        }
        temporary_.clear();
        // Some file systems cannot synchronise a directory; the file itself is safe by now.
        const fs::path directory = fs::path(target).parent_path();
        (void)synchronise(directory.empty() ? "." : directory.string(), O_DIRECTORY);
    });
    // Named as the user named it, unless a symbolic link led elsewhere.
    return target;
}

void Hdf5Output::abandon() noexcept {
    const hdf5::Quiet quiet;
    groups_.reset();
    file_ = hdf5::Handle();
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    temporary_.clear();
}

}  // namespace snsim
