// The results file of one run (HDF5): series while the run lasts, everything else at its end.
//
//   /                       attributes schema_version, scenario, scenario_text, profiles (names),
//                           seed, complete, notes (if any)
//   /profiles               one attribute per profile: its text
//   /series/time            end of each interval in seconds; /series/<instance>/<metric> hang on
//                           it as dimension scale; attributes unit, description
//   /summary, /bottleneck, /audit and the tables of Results: one compound dataset each
//   /provenance             attributes that may differ between two equal runs, written last
//
// A table's attributes name, order and describe its columns. Equal content gives equal bytes up to
// /provenance. Everything is written to NAME.h5.<pid>.part beside the target, which takes its name
// in one step at the end: an existing NAME.h5 is either whole and new or untouched. Whatever fails
// (full disk, no directory, no permission) throws ResultsError and leaves no temporary file. Parts
// left behind by processes that no longer live are removed on opening.
#pragma once

#include <map>
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

/// What the run was asked to do, as text.
struct ScenarioTexts {
    std::string resolved;                         ///< YAML with every effective value
    std::map<std::string, std::string> profiles;  ///< "cards/dsc-100" -> the file's text
};

// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): final, and no sink deletes another
class ResultsFile final : public SeriesSink {
  public:
    static constexpr std::int64_t schema_version = 1;

    /// Creates the temporary file; throws ResultsError at once if `path` could not be written.
    explicit ResultsFile(std::string path);
    /// Abandons the file unless it was finished.
    ~ResultsFile();
    ResultsFile(const ResultsFile&) = delete;
    ResultsFile& operator=(const ResultsFile&) = delete;

    /// At most once, before the first append(). Paths of "" stand for the whole system.
    void declare(const std::vector<SeriesInfo>& series, double interval_s) override;
    void append(double end_s, const std::vector<double>& values) override;

    /// Writes everything and gives the file its name, which is returned.
    std::string finish(const Results& results, const ScenarioTexts& texts,
                       const Provenance& provenance);
    /// The same for a run that was cut short: complete = false, name NAME.partial.h5.
    std::string finish_partial(const Results& results, const ScenarioTexts& texts,
                               const Provenance& provenance);
    /// Removes the temporary file; nothing can be written any more.
    void abandon() noexcept;

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    template <class Body>
    void guarded(Body body);
    void check_disk() const;
    void create();
    void create_series(bool whole);
    void write_buffered(bool last);
    void write_all(const Results& results, const ScenarioTexts& texts, const Provenance& provenance,
                   bool complete);
    void write_root(const Results& results, const ScenarioTexts& texts, bool complete);
    void write_tables(const Results& results);
    void write_provenance(const Provenance& provenance);
    std::string close_as(const std::string& target);

    // parameters
    std::string path_;       ///< as asked for
    std::string target_;     ///< where that is, symbolic links followed
    std::string temporary_;  ///< empty when there is none

    // state
    hdf5::DiskState disk_;
    hdf5::Handle file_;
    hdf5::Handle time_;
    std::vector<hdf5::Handle> series_;
    std::vector<SeriesInfo> declared_;
    double interval_s_ = 0;
    std::vector<double> times_;                 ///< of the intervals not yet written
    std::vector<std::vector<double>> buffers_;  ///< their values, by series
    std::uint64_t intervals_written_ = 0;
};

}  // namespace snsim
