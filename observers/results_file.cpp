#include "observers/results_file.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "observers/table_rows.h"

namespace snsim {
namespace {

constexpr std::size_t intervals_per_block = 1024;  ///< buffered; also the series' chunk

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
    for (std::size_t i = 1; i < values.size(); ++i)
        repeated += values[i] == values[i - 1] ? 1U : 0U;
    return repeated > values.size() / 4;
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
        TableRow(table) << metric.name << metric.value << metric.unit
                        << (known ? metric.ci_low : metric.value)
                        << (known ? metric.ci_high : metric.value);
    }
    return table;
}

Table bottleneck_table(const std::vector<Bottleneck>& bottlenecks) {
    Table table{"bottleneck", "Resources by utilisation; the first row is what limits", {}};
    table.columns = {
        integer_column("rank", "", "1 is the limit"),
        text_column("path", "instance, or wire or traffic when the limit lies outside"),
        text_column("resource", "parameter that sizes it; empty outside"),
        real_column("utilisation", "", "busy share of the measure window, service only"),
        real_column("headroom", "", "share of the resource left: 1 - utilisation"),
        real_column("gain_if_doubled", "", "predicted factor on the delivered rate"),
    };
    std::int64_t rank = 0;
    for (const Bottleneck& bottleneck : bottlenecks) {
        TableRow(table) << ++rank << bottleneck.path << bottleneck.resource
                        << bottleneck.utilisation << 1 - bottleneck.utilisation
                        << bottleneck.gain_if_doubled;
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
        flag_column("ok", "whether the law held"),
        text_column("note", "findings that break no law"),
    };
    for (const AuditRow& row : rows) {
        TableRow(table) << row.law << row.where << row.expected << row.found << row.ok << row.note;
    }
    return table;
}

}  // namespace

ResultsFile::ResultsFile(std::string path) : out_(std::move(path)) {}

ResultsFile::~ResultsFile() { abandon(); }

void ResultsFile::guarded(const std::function<void()>& body) {
    try {
        out_.guarded(body);
    } catch (...) {
        abandon();
        throw;
    }
}

std::string ResultsFile::close(bool whole) {
    guarded([&] {
        for (hdf5::Handle& series : series_) series.close();
        time_.close();
    });
    return out_.close(whole);
}

void ResultsFile::abandon() noexcept {
    const hdf5::Quiet quiet;
    series_.clear();
    time_ = hdf5::Handle();
    out_.abandon();
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
    const hdf5::Handle root = hdf5::new_group(out_.id(), "series");
    time_ = create(root.id(), "time", times_);
    hdf5::attribute(time_.id(), "unit", "s");
    hdf5::attribute(time_.id(), "description", "simulated time at the end of the interval");
    hdf5::attribute(time_.id(), "interval", interval_s_);
    Hdf5Groups groups(root.id());
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
    if (declared_.empty()) return;
    if (intervals_written_ == 0) {
        create_series(last);
    } else {
        hdf5::append(time_, intervals_written_, times_);
        for (std::size_t i = 0; i < series_.size(); ++i) {
            hdf5::append(series_[i], intervals_written_, buffers_[i]);
        }
    }
    out_.check_disk();
    for (std::vector<double>& buffer : buffers_) buffer.clear();
    intervals_written_ += times_.size();
    times_.clear();
}

std::string ResultsFile::finish(const Results& results, const ScenarioTexts& texts,
                                const Provenance& provenance) {
    guarded([&] { write_all(results, texts, provenance, results.complete); });
    return close(true);
}

std::string ResultsFile::finish_partial(const Results& results, const ScenarioTexts& texts,
                                        const Provenance& provenance) {
    guarded([&] { write_all(results, texts, provenance, false); });
    return close(false);
}

void ResultsFile::write_all(const Results& results, const ScenarioTexts& texts,
                            const Provenance& provenance, bool complete) {
    write_buffered(true);
    write_root(results, texts, complete);
    write_tables(results);
    out_.write_provenance(provenance);
}

void ResultsFile::write_root(const Results& results, const ScenarioTexts& texts, bool complete) {
    out_.write_profiles(texts.profiles);
    hdf5::attribute(out_.id(), "schema_version", schema_version);
    hdf5::attribute(out_.id(), "scenario", results.scenario);
    hdf5::attribute(out_.id(), "scenario_text", texts.resolved);
    hdf5::attribute(out_.id(), "seed", results.seed);
    hdf5::attribute(out_.id(), "complete", complete);
    if (!results.notes.empty()) hdf5::attribute(out_.id(), "notes", results.notes);
}

void ResultsFile::write_tables(const Results& results) {
    hdf5::write_table(out_.id(), "summary", summary_table(results.summary));
    hdf5::write_table(out_.id(), "bottleneck", bottleneck_table(results.bottlenecks));
    hdf5::write_table(out_.id(), "audit", audit_table(results.audit));
    for (const Table& table : results.tables) out_.write(table);
}

}  // namespace snsim
