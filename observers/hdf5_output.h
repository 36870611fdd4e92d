// An HDF5 file that is written whole or not at all, and what results of all kinds put into one.
//
// Everything is written to NAME.h5.<pid>.part beside the target, which takes its name in one step
// at the end: an existing NAME.h5 is either whole and new or untouched. Whatever fails (full disk,
// no directory, no permission) throws ResultsError and leaves no temporary file. Parts left behind
// by processes that no longer live are removed on opening. Only an HDF5 file, or an empty one, is
// ever replaced: a scenario or capture whose name was given by mistake stays as it is.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "observers/hdf5_driver.h"
#include "observers/hdf5_kit.h"
#include "observers/results.h"

namespace snsim {

/// A results file could not be written: `what()` is "PATH: REASON".
class ResultsError : public std::runtime_error {
  public:
    ResultsError(std::string path, std::string reason);
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const std::string& reason() const { return reason_; }

  private:
    std::string path_;
    std::string reason_;
};

/// What stands under the name of an output is something else, and is left alone.
class OutputRefused : public ResultsError {
    using ResultsError::ResultsError;
};

/// Removes what a run that was interrupted left in place of `path`, if it is an HDF5 file.
void remove_partial(const std::string& path);

/// Groups below a file, made on first use.
class Hdf5Groups {
  public:
    explicit Hdf5Groups(hid_t root) : root_(root) {}

    hid_t at(const std::vector<std::string>& parts);

  private:
    hid_t root_;
    std::map<std::string, hdf5::Handle> groups_;
};

class Hdf5Output {
  public:
    /// Creates the temporary file; throws ResultsError at once if `path` could not be written, or
    /// OutputRefused.
    explicit Hdf5Output(std::string path);
    /// Abandons the file unless it was closed.
    ~Hdf5Output();
    Hdf5Output(const Hdf5Output&) = delete;
    Hdf5Output& operator=(const Hdf5Output&) = delete;

    /// Calls `body`, which writes; what fails in it becomes a ResultsError, and the file is
    /// abandoned.
    void guarded(const std::function<void()>& body);
    /// Throws hdf5::Failure if the disk has failed.
    void check_disk() const;
    [[nodiscard]] hid_t id() const { return file_.id(); }
    [[nodiscard]] const std::string& path() const { return path_; }

    // Inside of guarded():
    /// At its path, with groups above it.
    void write(const Table& table);
    /// An attribute of /profiles for each, and their names at the root.
    void write_profiles(const std::map<std::string, std::string>& texts);
    /// Attributes of /provenance.
    void write_provenance(const Provenance& provenance);

    /// Gives the file its name, which is returned: that asked for, or NAME.partial.h5.
    std::string close(bool whole);
    /// Removes the temporary file; nothing can be written any more.
    void abandon() noexcept;

  private:
    void create();

    // parameters
    std::string path_;       ///< as asked for
    std::string target_;     ///< where that is, symbolic links followed
    std::string temporary_;  ///< empty when there is none

    // state
    hdf5::DiskState disk_;
    hdf5::Handle file_;
    std::unique_ptr<Hdf5Groups> groups_;
};

}  // namespace snsim
