// What a sweep has done so far, beside its output: a killed sweep resumes where it was.
//
// The file begins with the sweep's identity (every file it read and the program, by checksum), and
// takes its name only when that is on the disk; then one record per finished simulation, in the
// order they finished. Each stands behind a checksum, so a record torn by a crash is found and
// dropped. Records reach the operating system at once and the disk within a second: a killed
// process loses what was under way, a power cut a second more.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "app/byte_record.h"

namespace snsim {

/// Name and checksum of everything results depend on, in a fixed order.
using SweepIdentity = std::vector<std::pair<std::string, std::string>>;

/// What is there is no journal one could go on from.
class UnusableJournal : public std::runtime_error {
  public:
    explicit UnusableJournal(const std::string& what) : std::runtime_error(what) {}
};

class SweepJournal {
  public:
    explicit SweepJournal(std::string path) : path_(std::move(path)) {}
    ~SweepJournal();
    SweepJournal(const SweepJournal&) = delete;
    SweepJournal& operator=(const SweepJournal&) = delete;

    [[nodiscard]] bool exists() const;
    [[nodiscard]] const std::string& path() const { return path_; }

    /// Throws ResultsError, as everything here does that touches the file.
    void create(const SweepIdentity& identity);

    struct Resumed {
        std::vector<std::string> differences;  ///< between what was and what is; then no records
        std::vector<std::string> records;
        std::size_t torn_bytes = 0;  ///< of a record that was not whole, now gone
    };
    /// Throws UnusableJournal, too.
    [[nodiscard]] Resumed resume(const SweepIdentity& identity);

    void append(std::string_view record);
    /// To the disk, whatever was appended.
    void synchronise();
    /// It has served its purpose.
    void remove();
    /// Gives it another name, in place of what may have that.
    void move_to(const std::string& path);

  private:
    void open(const std::string& path, int flags);
    void write(std::string_view bytes);
    [[noreturn]] void fail(int error) const;

    std::string path_;
    int descriptor_ = -1;
    std::chrono::steady_clock::time_point synchronised_;
};

/// Words for the checksum of a text.
[[nodiscard]] std::string fingerprint(std::string_view text);
/// The same of a file's content; throws ResultsError.
[[nodiscard]] std::string file_fingerprint(const std::string& path);

}  // namespace snsim
