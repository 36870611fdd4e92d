#include "observers/summary_text.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <iterator>
#include <string_view>

namespace snsim {
namespace {

constexpr std::size_t page_columns = 100;  ///< of the tables, and of lists that may be cut
constexpr std::size_t label_columns = 12;
constexpr std::size_t station_columns = 40;
constexpr std::size_t most_classes = 5;
constexpr std::size_t most_drops = 3;
constexpr std::size_t most_failures = 3;
constexpr std::size_t most_notes = 2;
constexpr std::size_t bar_columns = 32;

/// Code points: names of people and places take one column each.
std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned>(c) & 0xC0U) != 0x80;
    }));
}

/// The text in at most `columns`, its end replaced by "..." if need be.
std::string shortened(const std::string& text, std::size_t columns) {
    if (columns_of(text) <= columns) return text;
    std::size_t bytes = 0;
    for (std::size_t left = columns - 3; bytes < text.size(); ++bytes) {
        const bool starts = (static_cast<unsigned>(text[bytes]) & 0xC0U) != 0x80;
        if (starts && left-- == 0) break;
    }
    return text.substr(0, bytes) + "...";
}

std::string left(const std::string& text, std::size_t columns) {
    const std::string fitting = shortened(text, columns);
    return fitting + std::string(columns - columns_of(fitting), ' ');
}

std::string right(const std::string& text, std::size_t columns) {
    const std::size_t used = columns_of(text);
    return used >= columns ? text : std::string(columns - used, ' ') + text;
}

std::string percent(double share) { return fmt::format("{:.1f} %", share * 100); }

std::string grouped(double count) {
    std::string digits = fmt::format("{:.0f}", count);
    for (std::size_t i = digits.size(); i > 3 + (count < 0 ? 1U : 0U); i -= 3) {
        digits.insert(i - 3, ",");
    }
    return digits;
}

const Table* table_of(const Results& results, std::string_view path) {
    for (const Table& table : results.tables) {
        if (table.path == path) return &table;
    }
    return nullptr;
}

/// Row by row access to a table's columns by name; a missing column reads as empty or 0.
class Reader {
  public:
    explicit Reader(const Table* table) : table_(table) {}

    [[nodiscard]] std::size_t rows() const { return table_ == nullptr ? 0 : table_->rows(); }
    [[nodiscard]] std::string text(std::string_view column, std::size_t row) const {
        const Column* found = find(column);
        const auto* texts =
            found == nullptr ? nullptr : std::get_if<std::vector<std::string>>(&found->values);
        return texts == nullptr ? "" : (*texts)[row];
    }
    [[nodiscard]] double number(std::string_view column, std::size_t row) const {
        const Column* found = find(column);
        if (found == nullptr) return 0;
        if (const auto* reals = std::get_if<std::vector<double>>(&found->values)) {
            return (*reals)[row];
        }
        const auto* integers = std::get_if<std::vector<std::int64_t>>(&found->values);
        return integers == nullptr ? 0 : static_cast<double>((*integers)[row]);
    }
    /// Rows by falling value of a column, equal ones in the table's order.
    [[nodiscard]] std::vector<std::size_t> ranked(std::string_view column) const {
        std::vector<std::size_t> order(rows());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return number(column, a) > number(column, b);
        });
        return order;
    }

  private:
    [[nodiscard]] const Column* find(std::string_view name) const {
        for (const Column& column : table_->columns) {
            if (column.name == name) return &column;
        }
        return nullptr;
    }

    const Table* table_;
};

/// Collects the lines of the page.
class Page {
  public:
    Page(const Results& results, const SummaryInfo& info) : results_(results), info_(info) {}

    std::string text() {
        heading();
        traffic();
        accesses();
        frames();
        pcie();
        host();
        punt();
        power();
        drops();
        bottleneck();
        waterfalls();
        audit();
        notes();
        run();
        return out_;
    }

  private:
    enum class Mood { plain, bold, good, bad };

    std::string painted(const std::string& text, Mood mood) const {
        if (!info_.colour || mood == Mood::plain) return text;
        const char* code = mood == Mood::bold ? "1" : mood == Mood::good ? "32" : "1;31";
        return fmt::format("\033[{}m{}\033[0m", code, text);
    }
    void blank() { out_ += "\n"; }
    /// A label (or none, to go on with the one above) and what it says, on two lines if need be.
    void line(const std::string& label, const std::string& text, Mood mood = Mood::plain) {
        const std::size_t room =
            info_.columns == 0 ? columns_of(text) : info_.columns - label_columns;
        const std::string first =
            columns_of(text) <= room ? text : text.substr(0, broken(text, room));
        put_line(label, shortened(first, room), mood);
        if (first.size() == text.size()) return;
        put_line("", shortened("  " + text.substr(first.size() + 1), room), mood);
    }
    void put_line(const std::string& label, const std::string& text, Mood mood) {
        out_ += painted(left(label, label_columns), Mood::bold) + painted(text, mood) + "\n";
    }
    /// Where to break a text too long for a line: at its last blank within, or nowhere.
    static std::size_t broken(const std::string& text, std::size_t room) {
        std::size_t at = text.size();
        std::size_t columns = 0;
        for (std::size_t byte = 0; byte < text.size() && columns <= room; ++byte) {
            if (text[byte] == ' ' && byte > 0) at = byte;
            columns += columns_of(text.substr(byte, 1));
        }
        return at;
    }
    /// As many columns as the longest of some names takes, but `least`, and on a terminal no more.
    [[nodiscard]] std::size_t width_of(const std::vector<std::string>& names,
                                       std::size_t least) const {
        std::size_t width = least;
        for (const std::string& name : names) width = std::max(width, columns_of(name) + 1);
        return info_.columns == 0 ? width : std::min(width, least + info_.columns - page_columns);
    }
    [[nodiscard]] std::string metric(const std::string& name) const {
        const Metric* found = results_.find(name);
        return found == nullptr ? "-" : si_text(found->value, found->unit);
    }
    [[nodiscard]] double value(const std::string& name) const {
        const Metric* found = results_.find(name);
        return found == nullptr ? 0 : found->value;
    }
    [[nodiscard]] bool has(const std::string& name) const { return results_.find(name) != nullptr; }

    void heading() {
        line("scenario",
             fmt::format("{}, seed {}{}", results_.scenario, results_.seed,
                         results_.complete ? "" : ", CUT SHORT"),
             results_.complete ? Mood::plain : Mood::bad);
        line("simulated",
             fmt::format("warm-up {}, measured {}, drained {}", si_text(info_.warmup_s, "s"),
                         si_text(info_.measure_s, "s"), si_text(info_.drain_s, "s")));
        blank();
    }

    void traffic_row(const std::string& name, const std::string& prefix, std::size_t width) {
        const double offered = value(prefix + "frames.offered");
        const bool known = offered > 0 && has(prefix + "frames.lost");
        const std::string latency = prefix + "latency.";
        out_ += left(name, width) + right(metric(prefix + "rate.offered"), 11) +
                right(metric(prefix + "rate.delivered"), 12) +
                right(metric(prefix + "throughput.l2"), 12) +
                right(known ? percent(value(prefix + "frames.lost") / offered) : "-", 9) +
                right(metric(latency + "mean"), 11) + right(metric(latency + "p50"), 11) +
                right(metric(latency + "p99"), 11) + right(metric(latency + "p999"), 11) + "\n";
    }

    /// A class of accesses to memory has no frames, so none offered.
    [[nodiscard]] bool is_accesses(const std::string& prefix) const {
        return has(prefix + "rate.delivered") && !has(prefix + "rate.offered");
    }

    void access_row(const std::string& name, std::size_t width) {
        const std::string latency = name + ".latency.";
        out_ += left(name, width) + right(metric(name + ".rate.delivered"), 12) +
                right(metric(name + ".goodput"), 12);
        for (const char* what : {"mean", "p50", "p95", "p99", "p999"}) {
            out_ += right(metric(latency + what), 11);
        }
        out_ += "\n";
    }

    void accesses() {
        std::vector<std::string> names;
        for (const std::string& name : info_.classes) {
            if (is_accesses(name + ".")) names.push_back(name);
        }
        if (names.empty()) return;
        const std::size_t shown = std::min(names.size(), most_classes);
        const std::size_t width = width_of(names, label_columns);
        const std::string heads = right("accesses", 12) + right("goodput", 12) + right("mean", 11) +
                                  right("p50", 11) + right("p95", 11) + right("p99", 11) +
                                  right("p99.9", 11);
        out_ += std::string(width, ' ') + painted(heads, Mood::bold) + "\n";
        for (std::size_t i = 0; i < shown; ++i) access_row(names[i], width);
        if (shown < names.size()) {
            line("", fmt::format("and {} more classes, see /summary", names.size() - shown));
        }
        blank();
    }

    void pcie() {
        if (!has("pcie.up.utilisation")) return;
        line("pcie",
             fmt::format("up {} at {} busy, down {} at {}", metric("pcie.up.throughput"),
                         percent(value("pcie.up.utilisation")), metric("pcie.down.throughput"),
                         percent(value("pcie.down.utilisation"))));
    }

    /// What its cores do, and for what they spend most, polling apart.
    void host() {
        if (value("host.cpu.cores") <= 0) return;
        std::string text = fmt::format("{:.3g} cores busy", value("host.cpu.cores"));
        if (has("host.cpu.cycles_per_frame")) {
            text += fmt::format(", {} cycles a frame", grouped(value("host.cpu.cycles_per_frame")));
        }
        if (value("host.interrupts.rate") > 0) {
            text += fmt::format(", {} interrupts", metric("host.interrupts.rate"));
        }
        line("host", text);
        const Reader table(table_of(results_, "host_cycles"));
        std::vector<std::pair<double, std::string>> causes;
        double all = 0;
        for (std::size_t row = 0; row < table.rows(); ++row) {
            const std::string cause = table.text("cause", row);
            if (cause == "polling") continue;
            const double cycles = table.number("cycles", row);
            all += cycles;
            const auto known = std::find_if(causes.begin(), causes.end(), [&](const auto& entry) {
                return entry.second == cause;
            });
            if (known != causes.end()) {
                known->first += cycles;
            } else {
                causes.emplace_back(cycles, cause);
            }
        }
        std::stable_sort(causes.begin(), causes.end(),
                         [](const auto& a, const auto& b) { return a.first > b.first; });
        std::string list;
        for (const auto& [cycles, cause] : causes) {
            const std::string part =
                fmt::format("{}{} {}", list.empty() ? "" : ", ", cause, percent(cycles / all));
            if (columns_of(list + part) > page_columns - label_columns - 5) {
                list += ", ...";
                break;
            }
            list += part;
        }
        if (!list.empty()) line("", list);
    }

    void traffic() {
        if (is_accesses("")) return;
        const std::string heads = right("offered", 11) + right("delivered", 12) + right("L2", 12) +
                                  right("loss", 9) + right("mean", 11) + right("p50", 11) +
                                  right("p99", 11) + right("p99.9", 11);
        std::vector<std::string> names;
        for (const std::string& name : info_.classes) {
            if (!is_accesses(name + ".")) names.push_back(name);
        }
        const std::size_t classes = names.size();
        const std::size_t shown = std::min(classes, most_classes);
        names.resize(shown);
        const std::size_t width = width_of(names, label_columns);
        out_ += std::string(width, ' ') + painted(heads, Mood::bold) + "\n";
        for (const std::string& name : names) traffic_row(name, name + ".", width);
        if (shown < classes) {
            line("", fmt::format("and {} more classes, see /summary", classes - shown));
        }
        if (classes != 1 || !has(names[0] + ".rate.offered")) {
            traffic_row("all", "", width);
        }
        blank();
    }

    void frames() {
        std::string text;
        for (const char* what :
             {"offered", "created", "delivered", "consumed", "dropped", "in_flight"}) {
            const std::string name = std::string("frames.") + what;
            if (!has(name)) continue;
            const std::string words = std::string(what) == "in_flight" ? "in flight" : what;
            text += (text.empty() ? "" : ", ") + grouped(value(name)) + " " + words;
        }
        if (!text.empty()) line("frames", text);
    }

    void punt() {
        if (value("punt.frames") <= 0) return;
        std::string text = percent(value("punt.fraction")) + " of frames";
        if (has("punt.latency.added.mean")) {
            text += fmt::format(", {} later (p99 {})", metric("punt.latency.added.mean"),
                                metric("punt.latency.added.p99"));
        }
        if (has("punt.cycles_per_frame")) {
            text += fmt::format(", {} cycles each", grouped(value("punt.cycles_per_frame")));
        }
        if (has("punt.energy_per_frame")) text += ", " + metric("punt.energy_per_frame") + " each";
        line("punts", text);
    }

    void power() {
        if (!has("power.card.mean")) return;
        std::string text = metric("power.card.mean");
        if (has("power.card.peak")) text += " (peak " + metric("power.card.peak") + ")";
        if (has("energy.per_frame")) text += ", " + metric("energy.per_frame") + " per frame";
        line("card power", text);
        const Reader table(table_of(results_, "power"));
        std::string blocks;
        for (const std::size_t row : table.ranked("mean")) {
            const std::string block =
                fmt::format("{}{} {}", blocks.empty() ? "" : ", ", table.text("path", row),
                            si_text(table.number("mean", row), "W"));
            if (columns_of(blocks + block) > page_columns - label_columns - 5) {
                blocks += ", ...";
                break;
            }
            blocks += block;
        }
        if (!blocks.empty()) line("", blocks);
    }

    void drops() {
        const Reader table(table_of(results_, "drops"));
        const auto asked_for = [&](std::size_t row) { return table.text("kind", row) == "policy"; };
        std::size_t shown = 0;
        std::size_t reasons = 0;
        double rest = 0;
        for (const std::size_t row : table.ranked("frames")) {
            const double count = table.number("frames", row);
            if (count <= 0) break;
            ++reasons;
            if (shown == most_drops) {
                rest += count;
                continue;
            }
            line(shown++ == 0 ? "drops" : "",
                 fmt::format("{:>12}  {} at {}{}", grouped(count), table.text("reason", row),
                             table.text("path", row), asked_for(row) ? ", as asked for" : ""));
        }
        if (rest > 0) {
            line("", fmt::format("{:>12}  for {} other reasons or places, see /drops",
                                 grouped(rest), reasons - shown));
        }
    }

    static std::string name_of(const Bottleneck& limit) {
        return limit.path + (limit.resource.empty() ? "" : " " + limit.resource);
    }

    void bottleneck() {
        if (results_.bottlenecks.empty()) return;
        const Bottleneck& limit = results_.bottlenecks.front();
        std::string text;
        if (limit.path == "traffic") {
            text = "the traffic offered: nothing inside is full";
            if (results_.bottlenecks.size() > 1) {
                const Bottleneck& next = results_.bottlenecks[1];
                text +=
                    fmt::format("; busiest is {}, {}", name_of(next), percent(next.utilisation));
            }
        } else {
            const bool several = !limit.resource.empty() && limit.resource.back() == 's';
            text = fmt::format("{}, {} busy; doubling {} would give {:.2f}x",
                               limit.path == "wire" ? "the wire" : name_of(limit),
                               percent(limit.utilisation), several ? "them" : "it",
                               limit.gain_if_doubled);
        }
        line("limited by", text);
    }

    std::string bar(double share, double largest) const {
        const double columns = largest > 0 ? share / largest * bar_columns : 0;
        if (!info_.unicode) {
            return std::string(static_cast<std::size_t>(std::lround(columns)), '#');
        }
        static const char* const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
        const auto parts = static_cast<std::size_t>(std::lround(columns * 8));
        std::string text;
        for (std::size_t i = 0; i < parts / 8; ++i) text += "█";
        return text + eighths[parts % 8];
    }

    void waterfall(const Reader& table, const std::string& of, std::size_t most) {
        std::vector<std::size_t> rows;
        double total = 0;
        for (const std::size_t row : table.ranked("share")) {
            if (table.text("class", row) != of || table.number("share", row) <= 0) continue;
            rows.push_back(row);
            total += table.number("mean", row);
        }
        if (rows.empty()) return;
        line("latency", fmt::format("of {}: {} on the mean, by station", of, si_text(total, "s")));
        rows.resize(std::min(rows.size(), most));
        std::vector<std::string> stations;
        stations.reserve(rows.size());
        for (const std::size_t row : rows) stations.push_back(table.text("station", row));
        const std::size_t width = width_of(stations, station_columns);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const double share = table.number("share", rows[i]);
            const std::string drawn = bar(share, table.number("share", rows[0]));
            out_ += "  " + left(stations[i], width) + " " +
                    right(si_text(table.number("mean", rows[i]), "s"), 9) +
                    right(percent(share), 9) + (drawn.empty() ? "" : "  ") + drawn + "\n";
        }
    }

    void waterfalls() {
        const Reader table(table_of(results_, "breakdown"));
        std::vector<std::string> classes;
        for (std::size_t row = 0; row < table.rows(); ++row) {
            const std::string name = table.text("class", row);
            if (std::find(classes.begin(), classes.end(), name) == classes.end()) {
                classes.push_back(name);
            }
        }
        if (classes.empty()) return;
        blank();
        const std::size_t shown = std::min<std::size_t>(2, classes.size());
        for (std::size_t i = 0; i < shown; ++i) waterfall(table, classes[i], shown == 1 ? 8 : 5);
        blank();
    }

    void audit() {
        std::vector<const AuditRow*> failed;
        for (const AuditRow& row : results_.audit) {
            if (!row.ok) failed.push_back(&row);
        }
        if (!results_.complete && results_.audit.empty()) {
            line("audit", "left out: the run was cut short");
            return;
        }
        if (failed.empty()) {
            line("audit", fmt::format("all {} checks hold", results_.audit.size()), Mood::good);
            return;
        }
        line("audit", fmt::format("{} of {} checks FAILED", failed.size(), results_.audit.size()),
             Mood::bad);
        for (std::size_t i = 0; i < std::min(failed.size(), most_failures); ++i) {
            const AuditRow& row = *failed[i];
            line("",
                 fmt::format("{} at {}: expected {}, found {}{}{}", row.law, row.where,
                             row.expected, row.found, row.note.empty() ? "" : "; ", row.note),
                 Mood::bad);
        }
    }

    void notes() {
        std::vector<std::string> notes = results_.notes;
        for (const AuditRow& row : results_.audit) {
            if (row.ok && !row.note.empty()) notes.push_back(row.where + ": " + row.note);
        }
        const std::size_t shown = std::min(notes.size(), most_notes);
        for (std::size_t i = 0; i < shown; ++i) {
            const bool more = i + 1 == shown && notes.size() > shown;
            const std::string end = more ? fmt::format(" (+ {} more)", notes.size() - shown) : "";
            line(i == 0 ? "notes" : "", notes[i] + end);
        }
    }

    void run() {
        if (!info_.output.empty()) line("results", info_.output);
        if (info_.wall_s <= 0) return;
        std::string text = fmt::format("{} of wall time", si_text(info_.wall_s, "s"));
        if (info_.setup_s > 0) {
            text += fmt::format(", {} of it to set up", si_text(info_.setup_s, "s"));
        }
        if (info_.frames_per_wall_s > 0) {
            text += fmt::format(", then {} {} per second", si_text(info_.frames_per_wall_s, ""),
                                is_accesses("") ? "accesses done" : "frames delivered");
        }
        line("run", text);
    }

    const Results& results_;
    const SummaryInfo& info_;
    std::string out_;
};

}  // namespace

std::string summary_text(const Results& results, const SummaryInfo& info) {
    return Page(results, info).text();
}

std::string si_text(double value, const std::string& unit) {
    static const char* const prefixes[] = {"f", "p", "n", "u", "m", "", "k", "M", "G", "T", "P"};
    constexpr int none = 5;
    const std::string shown = unit == "1/s"     ? "/s"
                              : unit == "bit/s" ? "b/s"
                              : unit == "1"     ? ""
                                                : unit;
    int step = none;
    double scaled = value;
    // 999.95 would round up to 1000 of the lower prefix.
    for (; std::fabs(scaled) >= 999.95 && step + 1 < static_cast<int>(std::size(prefixes));
         ++step) {
        scaled /= 1000;
    }
    for (; scaled != 0 && std::fabs(scaled) < 0.99995 && step > 0; --step) scaled *= 1000;
    const std::string prefix = prefixes[step];
    const std::string tail = prefix + shown;
    return fmt::format("{:.4g}{}{}", scaled, tail.empty() ? "" : " ", tail);
}

bool utf8_locale() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') continue;
        std::string lower = value;
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return lower.find("utf-8") != std::string::npos || lower.find("utf8") != std::string::npos;
    }
    return false;
}

}  // namespace snsim
