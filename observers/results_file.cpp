#include "observers/results_file.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sys/types.h>
#include <unistd.h>
#include <utility>

namespace snsim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t intervals_per_block = 1024;  ///< buffered; also the series' chunk

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

/// Makes the file's content, or a directory's entries, survive a power cut.
int synchronise(const std::string& path, int flags) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
    if (descriptor < 0) return errno;
    const int error = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    return error;
}

std::vector<std::string> split(const std::string& path) {
    std::vector<std::string> parts;
    for (std::size_t start = 0; start < path.size();) {
        const std::size_t end = std::min(path.find('.', start), path.size());
        parts.push_back(path.substr(start, end - start));
        start = end + 1;
    }
    return parts;
}

/// Whether compressing a series pays: where hardly a value equals the one before, it saves less
/// than half and costs ten times as much as all else that is done for the series.
bool repeats_itself(const std::vector<double>& values) {
    std::size_t repeated = 0;
    for (std::size_t i = 1; i < values.size(); ++i) repeated += values[i] == values[i - 1] ? 1 : 0;
    return repeated > values.size() / 4;
}

Column text_column(const char* name, const char* description) {
    return {name, "", description, std::vector<std::string>()};
}
Column real_column(const char* name, const char* unit, const char* description) {
    return {name, unit, description, std::vector<double>()};
}

Table summary_table(const std::vector<Metric>& metrics) {
    Table table{"summary", "The run's metrics; what was not measured has no row", {}};
    table.columns = {
        text_column("metric", "name; parts of the system carry their name as prefix"),
        real_column("value", "", "value in the row's unit"),
        text_column("unit", "SI unit; empty for plain numbers"),
        real_column("ci_low", "",
                    "95 % confidence interval, lower end; the value if none is known"),
        real_column("ci_high", "",
                    "95 % confidence interval, upper end; the value if none is known"),
    };
    for (const Metric& metric : metrics) {
        const bool known = metric.ci_low != 0 || metric.ci_high != 0;
        table.texts(0).push_back(metric.name);
        table.reals(1).push_back(metric.value);
        table.texts(2).push_back(metric.unit);
        table.reals(3).push_back(known ? metric.ci_low : metric.value);
        table.reals(4).push_back(known ? metric.ci_high : metric.value);
    }
    return table;
}

Table bottleneck_table(const std::vector<Bottleneck>& bottlenecks) {
    Table table{"bottleneck", "Resources by utilisation; the first row is what limits", {}};
    table.columns = {
        {"rank", "", "1 is the limit", std::vector<std::int64_t>()},
        text_column("path", "instance, or wire or traffic when the limit lies outside"),
        text_column("resource", "parameter that sizes it; empty outside"),
        real_column("utilisation", "", "busy share of the measure window, service only"),
        real_column("headroom", "", "share of the resource left: 1 - utilisation"),
        real_column("gain_if_doubled", "", "predicted factor on the delivered rate"),
    };
    std::int64_t rank = 0;
    for (const Bottleneck& bottleneck : bottlenecks) {
        table.integers(0).push_back(++rank);
        table.texts(1).push_back(bottleneck.path);
        table.texts(2).push_back(bottleneck.resource);
        table.reals(3).push_back(bottleneck.utilisation);
        table.reals(4).push_back(1 - bottleneck.utilisation);
        table.reals(5).push_back(bottleneck.gain_if_doubled);
    }
    return table;
}

Table audit_table(const std::vector<AuditRow>& rows) {
    Table table{"audit", "Each law compares two quantities that were kept independently", {}};
    table.columns = {
        text_column("law", "what must hold"),
        text_column("where", "instance it was checked at"),
        real_column("expected", "", "one side, in the law's unit"),
        real_column("found", "", "the other side"),
        {"ok", "", "whether the law held", std::vector<bool>()},
        text_column("note", "findings that break no law"),
    };
    for (const AuditRow& row : rows) {
        table.texts(0).push_back(row.law);
        table.texts(1).push_back(row.where);
        table.reals(2).push_back(row.expected);
        table.reals(3).push_back(row.found);
        table.flags(4).push_back(row.ok);
        table.texts(5).push_back(row.note);
    }
    return table;
}

/// Groups below a file, made on first use.
class Groups {
  public:
    explicit Groups(hid_t root) : root_(root) {}

    hid_t at(const std::vector<std::string>& parts) {
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

  private:
    hid_t root_;
    std::map<std::string, hdf5::Handle> groups_;
};

}  // namespace

ResultsError::ResultsError(std::string path, std::string reason)
    : std::runtime_error(path + ": " + reason),
      path_(std::move(path)),
      reason_(std::move(reason)) {}

ResultsFile::ResultsFile(std::string path) : path_(std::move(path)), target_(path_) {
    std::error_code error;
    if (fs::is_symlink(target_, error)) target_ = fs::weakly_canonical(target_, error).string();
    if (fs::is_directory(target_, error)) throw ResultsError(path_, in_words(EISDIR));
    if (fs::exists(target_, error) && !fs::is_regular_file(target_, error)) {
        throw ResultsError(path_, "not a regular file");
    }
    remove_stale_parts(target_);
    temporary_ = target_ + "." + std::to_string(::getpid()) + ".part";
    guarded([this] { create(); });
}

ResultsFile::~ResultsFile() { abandon(); }

template <class Body>
void ResultsFile::guarded(Body body) {
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
void ResultsFile::check_disk() const {
    if (disk_.error != 0) throw hdf5::Failure(in_words(disk_.error));
}

void ResultsFile::create() {
    const hdf5::Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    // The format of 1.10 (2016): attributes above 64 KiB, and short series take half the space.
    hdf5::check(H5Pset_libver_bounds(access.id(), H5F_LIBVER_V110, H5F_LIBVER_V110));
    hdf5::check(H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG));
    hdf5::use_noting_driver(access.id(), disk_);
    const hdf5::Handle properties = hdf5::creation_properties(H5P_FILE_CREATE);
    file_ = {H5Fcreate(temporary_.c_str(), H5F_ACC_TRUNC, properties.id(), access.id()), H5Fclose};
}

void ResultsFile::declare(const std::vector<SeriesInfo>& series, double interval_s) {
    assert(declared_.empty());
    declared_ = series;
    interval_s_ = interval_s;
    buffers_.resize(series.size());
}

/// `whole`: the intervals buffered are all there will be. They make one plain chunk then: filling a
/// short run's nearly empty chunks up and compressing them would be most of what it costs.
void ResultsFile::create_series(bool whole) {
    const std::size_t chunk = whole ? std::max<std::size_t>(1, times_.size()) : intervals_per_block;
    const auto create = [whole, chunk](hid_t parent, const std::string& name,
                                       const std::vector<double>& values) {
        const bool compressed = !whole && repeats_itself(values);
        hdf5::Handle series = hdf5::new_series(parent, name, chunk, compressed);
        hdf5::append(series, 0, values);
        return series;
    };
    const hdf5::Handle root = hdf5::new_group(file_.id(), "series");
    time_ = create(root.id(), "time", times_);
    hdf5::attribute(time_.id(), "unit", "s");
    hdf5::attribute(time_.id(), "description", "simulated time at the end of the interval");
    hdf5::attribute(time_.id(), "interval", interval_s_);
    Groups groups(root.id());
    for (std::size_t i = 0; i < declared_.size(); ++i) {
        const SeriesInfo& info = declared_[i];
        series_.push_back(create(groups.at(split(info.path)), info.metric, buffers_[i]));
        hdf5::attribute(series_[i].id(), "unit", info.unit);
        hdf5::attribute(series_[i].id(), "description", info.description);
    }
    hdf5::attach_scale(time_, series_);
}

void ResultsFile::append(double end_s, const std::vector<double>& values) {
    assert(values.size() == declared_.size());
    times_.push_back(end_s);
    for (std::size_t i = 0; i < values.size(); ++i) buffers_[i].push_back(values[i]);
    if (times_.size() == intervals_per_block) guarded([this] { write_buffered(false); });
}

void ResultsFile::write_buffered(bool last) {
    if (intervals_written_ == 0) {
        create_series(last);
    } else {
        hdf5::append(time_, intervals_written_, times_);
        for (std::size_t i = 0; i < series_.size(); ++i) {
            hdf5::append(series_[i], intervals_written_, buffers_[i]);
        }
    }
    check_disk();
    for (std::vector<double>& buffer : buffers_) buffer.clear();
    intervals_written_ += times_.size();
    times_.clear();
}

std::string ResultsFile::finish(const Results& results, const ScenarioTexts& texts,
                                const Provenance& provenance) {
    guarded([&] { write_all(results, texts, provenance, results.complete); });
    return close_as(target_);
}

std::string ResultsFile::finish_partial(const Results& results, const ScenarioTexts& texts,
                                        const Provenance& provenance) {
    guarded([&] { write_all(results, texts, provenance, false); });
    return close_as(partial_name(target_));
}

void ResultsFile::write_all(const Results& results, const ScenarioTexts& texts,
                            const Provenance& provenance, bool complete) {
    write_buffered(true);
    write_root(results, texts, complete);
    write_tables(results);
    write_provenance(provenance);
}

void ResultsFile::write_root(const Results& results, const ScenarioTexts& texts, bool complete) {
    std::vector<std::string> names;
    const hdf5::Handle profiles = hdf5::new_group(file_.id(), "profiles");
    for (const auto& [name, text] : texts.profiles) {
        hdf5::attribute(profiles.id(), name.c_str(), text);
        names.push_back(name);
    }
    hdf5::attribute(file_.id(), "schema_version", schema_version);
    hdf5::attribute(file_.id(), "scenario", results.scenario);
    hdf5::attribute(file_.id(), "scenario_text", texts.resolved);
    if (!names.empty()) hdf5::attribute(file_.id(), "profiles", names);
    hdf5::attribute(file_.id(), "seed", results.seed);
    hdf5::attribute(file_.id(), "complete", complete);
    if (!results.notes.empty()) hdf5::attribute(file_.id(), "notes", results.notes);
}

void ResultsFile::write_tables(const Results& results) {
    hdf5::write_table(file_.id(), "summary", summary_table(results.summary));
    hdf5::write_table(file_.id(), "bottleneck", bottleneck_table(results.bottlenecks));
    hdf5::write_table(file_.id(), "audit", audit_table(results.audit));
    Groups groups(file_.id());
    for (const Table& table : results.tables) {
        const fs::path path(table.path);
        std::vector<std::string> parents;
        for (const fs::path& part : path.parent_path()) parents.push_back(part.string());
        hdf5::write_table(groups.at(parents), path.filename().string(), table);
        check_disk();
    }
}

void ResultsFile::write_provenance(const Provenance& provenance) {
    const hdf5::Handle group = hdf5::new_group(file_.id(), "provenance");
    for (const auto& [name, text] : provenance.texts) {
        hdf5::attribute(group.id(), name.c_str(), text);
    }
    for (const auto& [name, number] : provenance.numbers) {
        hdf5::attribute(group.id(), name.c_str(), number);
    }
}

std::string ResultsFile::close_as(const std::string& target) {
    guarded([&] {
        for (hdf5::Handle& series : series_) series.close();
        time_.close();
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

void ResultsFile::abandon() noexcept {
    const hdf5::Quiet quiet;
    series_.clear();
    time_ = hdf5::Handle();
    file_ = hdf5::Handle();
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    temporary_.clear();
}

}  // namespace snsim
