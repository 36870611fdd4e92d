#include "observers/summary_text.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <string_view>

#include "observers/page_text.h"
#include "observers/table_reader.h"

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

std::string percent(double share) { return fmt::format("{:.1f} %", share * 100); }

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
        out_ +=
            painted(left_aligned(label, label_columns), Mood::bold) + painted(text, mood) + "\n";
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
        out_ += left_aligned(name, width) + right_aligned(metric(prefix + "rate.offered"), 11) +
                right_aligned(metric(prefix + "rate.delivered"), 12) +
                right_aligned(metric(prefix + "throughput.l2"), 12) +
                right_aligned(known ? percent(value(prefix + "frames.lost") / offered) : "-", 9) +
                right_aligned(metric(latency + "mean"), 11) +
                right_aligned(metric(latency + "p50"), 11) +
                right_aligned(metric(latency + "p99"), 11) +
                right_aligned(metric(latency + "p999"), 11) + "\n";
    }

    /// A class of accesses to memory has no frames, so none offered.
    [[nodiscard]] bool is_accesses(const std::string& prefix) const {
        return has(prefix + "rate.delivered") && !has(prefix + "rate.offered");
    }

    void access_row(const std::string& name, std::size_t width) {
        const std::string latency = name + ".latency.";
        out_ += left_aligned(name, width) + right_aligned(metric(name + ".rate.delivered"), 12) +
                right_aligned(metric(name + ".goodput"), 12);
        for (const char* what : {"mean", "p50", "p95", "p99", "p999"}) {
            out_ += right_aligned(metric(latency + what), 11);
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
        const std::string heads = right_aligned("accesses", 12) + right_aligned("goodput", 12) +
                                  right_aligned("mean", 11) + right_aligned("p50", 11) +
                                  right_aligned("p95", 11) + right_aligned("p99", 11) +
                                  right_aligned("p99.9", 11);
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
        const TableReader table(table_at(results_, "host_cycles"));
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
        const std::string heads = right_aligned("offered", 11) + right_aligned("delivered", 12) +
                                  right_aligned("L2", 12) + right_aligned("loss", 9) +
                                  right_aligned("mean", 11) + right_aligned("p50", 11) +
                                  right_aligned("p99", 11) + right_aligned("p99.9", 11);
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
        const TableReader table(table_at(results_, "power"));
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
        const TableReader table(table_at(results_, "drops"));
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

    void waterfall(const TableReader& table, const std::string& of, std::size_t most) {
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
            out_ += "  " + left_aligned(stations[i], width) + " " +
                    right_aligned(si_text(table.number("mean", rows[i]), "s"), 9) +
                    right_aligned(percent(share), 9) + (drawn.empty() ? "" : "  ") + drawn + "\n";
        }
    }

    void waterfalls() {
        const TableReader table(table_at(results_, "breakdown"));
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

}  // namespace snsim
