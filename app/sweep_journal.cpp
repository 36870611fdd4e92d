#include "app/sweep_journal.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

#include "observers/hdf5_output.h"

namespace snsim {

namespace {

constexpr std::string_view magic = "snsim sweep journal 1";

std::string identity_record(const SweepIdentity& identity) {
    RecordWriter out;
    out.put(magic);
    out.put(static_cast<std::int64_t>(identity.size()));
    for (const auto& [name, print] : identity) {
        out.put(name);
        out.put(print);
    }
    return out.take();
}

std::vector<std::string> differences(const SweepIdentity& before, const SweepIdentity& now) {
    const auto find = [](const SweepIdentity& in, const std::string& name) {
        return std::find_if(in.begin(), in.end(),
                            [&](const auto& part) { return part.first == name; });
    };
    std::vector<std::string> out;
    for (const auto& [name, print] : before) {
        const auto other = find(now, name);
        if (other == now.end()) {
            out.push_back(name + " is no longer used");
        } else if (other->second != print) {
            out.push_back(name + " has changed");
        }
    }
    for (const auto& [name, print] : now) {
        if (find(before, name) == before.end()) out.push_back(name + " was not used");
    }
    return out;
}

std::string file_content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), {}};
    if (!file.is_open() || file.bad()) throw ResultsError(path, std::strerror(errno));
    return content;
}

}  // namespace

std::string fingerprint(std::string_view text) {
    return fmt::format("{:016x} of {} bytes", checksum(text), text.size());
}

std::string file_fingerprint(const std::string& path) { return fingerprint(file_content(path)); }

SweepJournal::~SweepJournal() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

bool SweepJournal::exists() const {
    std::error_code failed;
    return std::filesystem::exists(path_, failed);
}

void SweepJournal::fail(int error) const { throw ResultsError(path_, std::strerror(error)); }

void SweepJournal::open(const std::string& path, int flags) {
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC | flags, 0666);
    if (descriptor_ < 0) fail(errno);
    // Belongs to this process, not to the children it forks.
    struct flock whole = {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (::fcntl(descriptor_, F_SETLK, &whole) != 0) {
        if (errno != EACCES && errno != EAGAIN) fail(errno);
        throw ResultsError(path_, "another sweep is writing it");
    }
    synchronised_ = std::chrono::steady_clock::now();
}

void SweepJournal::create(const SweepIdentity& identity) {
    const std::string part = path_ + "." + std::to_string(::getpid()) + ".part";
    open(part, O_CREAT | O_TRUNC);
    write(framed(identity_record(identity)));
    synchronise();
    int error = 0;
    if (::renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) != 0) {
        error = errno;
        // Some file systems cannot do that.
        const bool no_such_way = error == EINVAL || error == ENOSYS;
        if (no_such_way && std::rename(part.c_str(), path_.c_str()) == 0) error = 0;
    }
    if (error == 0) return;
    ::unlink(part.c_str());
    if (error == EEXIST) throw ResultsError(path_, "another sweep is writing it");
    fail(error);
}

SweepJournal::Resumed SweepJournal::resume(const SweepIdentity& identity) {
    open(path_, 0);
    const std::string content = file_content(path_);
    std::string_view rest = content;
    Resumed out;
    const auto first = next_record(rest);
    if (!first) {
        throw UnusableJournal(
            content.empty() ? "is empty" : "is no journal of a sweep, or its start is damaged");
    }
    SweepIdentity before;
    try {
        RecordReader reader(*first);
        if (reader.text() != magic) throw UnusableJournal("is no journal of this kind of sweep");
        for (std::int64_t n = reader.integer(); n > 0; --n) {
            std::string name = reader.text();
            before.emplace_back(std::move(name), reader.text());
        }
    } catch (const RecordError&) {
        throw UnusableJournal("is no journal of a sweep");
    }
    out.differences = differences(before, identity);
    if (!out.differences.empty()) return out;
    while (const auto record = next_record(rest)) out.records.emplace_back(*record);
    out.torn_bytes = rest.size();
    const auto whole = static_cast<off_t>(content.size() - rest.size());
    if (::ftruncate(descriptor_, whole) != 0 || ::lseek(descriptor_, whole, SEEK_SET) < 0) {
        fail(errno);
    }
    return out;
}

void SweepJournal::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

void SweepJournal::append(std::string_view record) {
    write(framed(record));
    constexpr auto period = std::chrono::seconds(1);
    if (std::chrono::steady_clock::now() - synchronised_ >= period) synchronise();
}

void SweepJournal::synchronise() {
    if (descriptor_ >= 0 && ::fdatasync(descriptor_) != 0) fail(errno);
    synchronised_ = std::chrono::steady_clock::now();
}

void SweepJournal::remove() {
    if (::unlink(path_.c_str()) != 0) fail(errno);
}

void SweepJournal::move_to(const std::string& path) {
    if (std::rename(path_.c_str(), path.c_str()) != 0) fail(errno);
    path_ = path;
}

}  // namespace snsim
