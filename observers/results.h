// What a run found, ready to be written out: plain data, no models.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "observers/table.h"

namespace snsim {

struct Metric {
    std::string name;
    double value = 0;
    std::string unit;  ///< SI, or empty
    /// 95 % confidence interval from batch means, where there is one.
    double ci_low = 0;
    double ci_high = 0;
};

struct Bottleneck {
    std::string path;      ///< instance, or `wire` or `traffic` when the limit lies outside
    std::string resource;  ///< parameter that sizes it; empty outside
    double utilisation = 0;
    double gain_if_doubled = 1;  ///< predicted factor on the delivered rate
};

struct AuditRow {
    std::string law;
    std::string where;
    double expected = 0;
    double found = 0;
    bool ok = true;
    std::string note;  ///< findings that break no law ("not steady")
};

struct Results {
    std::string scenario;
    std::int64_t seed = 0;
    bool complete = true;
    std::vector<Metric> summary;          ///< in a fixed order
    std::vector<Bottleneck> bottlenecks;  ///< ranked; the first is the limit
    std::vector<AuditRow> audit;
    std::vector<Table> tables;       ///< everything but summary, bottleneck and audit
    std::vector<std::string> notes;  ///< for people: replay counts, absent percentiles and why

    [[nodiscard]] bool audit_ok() const {
        for (const AuditRow& row : audit) {
            if (!row.ok) return false;
        }
        return true;
    }
    [[nodiscard]] const Metric* find(const std::string& name) const {
        for (const Metric& metric : summary) {
            if (metric.name == name) return &metric;
        }
        return nullptr;
    }
};

/// Values that may differ between two equal runs; by name, in order.
struct Provenance {
    std::map<std::string, std::string> texts;
    std::map<std::string, double> numbers;
};

/// One time series: a value per interval.
struct SeriesInfo {
    std::string path;    ///< instance path with dots
    std::string metric;  ///< "rate.delivered"
    std::string unit;
    std::string description;
};

/// Takes the series' values interval by interval, so that long runs need no memory for them.
class SeriesSink {
  public:
    virtual void declare(const std::vector<SeriesInfo>& series, double interval_s) = 0;
    /// One value per declared series for the interval that ends at `end_s`.
    virtual void append(double end_s, const std::vector<double>& values) = 0;

  protected:
    ~SeriesSink() = default;
};

}  // namespace snsim
