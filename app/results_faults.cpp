// What interfaces were refused, what their guests tried, and events that did not happen.

#include <algorithm>
#include <string>

#include "app/results_builder.h"
#include "observers/metrics.h"
#include "observers/table_rows.h"

namespace snsim::detail {

namespace {

std::string interface_name(const Measurement& m, std::size_t host, std::size_t interface) {
    const HostParams& params = m.system().scenario().hosts[host];
    const std::size_t device = interface / BusMap::functions;  // the card's functions come first
    if (device > 0) return params.name + "." + params.devices[device - 1].name;
    if (interface >= params.interfaces.size()) return params.name + ".card";
    return params.name + "." + params.interfaces[interface].name;
}

/// `host0.iommu refused host0.vnic1: dma_read 3, dma_write 2`
std::vector<std::string> sentences(const Measurement& m, const Measurement::PerHost& host,
                                   const FaultCounter& counter, const std::string& verb) {
    std::vector<std::string> out;
    std::string subject;
    for (const auto& [key, count] : counter.counts()) {
        const auto& [path, interface, fault] = key;
        const std::string whose = interface_name(m, host.index, interface);
        std::string start = path;
        start.append(" ").append(verb).append(" ").append(whose).append(": ");
        if (start == subject) {
            out.back() += ", ";
        } else {
            out.push_back(subject = start);
        }
        out.back() += std::string(fault) + " " + std::to_string(count);
    }
    return out;
}

void add_fault_table(const Measurement& m, Results& results) {
    Table table{"faults",
                "accesses of interfaces that were refused or made no sense, from the beginning of "
                "the run to its end",
                {text_column("path", "who found it"), text_column("interface", "whose it was"),
                 text_column("fault", "what it was"),
                 text_column("outcome", "refused, or stray: it passed, as nothing stops it"),
                 integer_column("count", "", "how often")}};
    for (const auto& host : m.hosts()) {
        for (const FaultCounter* counter : {&host.faults, &host.strays}) {
            const std::string outcome = counter == &host.faults ? "refused" : "stray";
            for (const auto& [key, count] : counter->counts()) {
                const auto& [path, interface, fault] = key;
                TableRow(table) << path << interface_name(m, host.index, interface)
                                << std::string(fault) << outcome
                                << static_cast<std::int64_t>(count);
            }
        }
    }
    if (table.rows() > 0) results.tables.push_back(std::move(table));
}

std::string word_of(Attempt attempt) {
    for (const auto& [word, value] : attempt_words()) {
        if (value == attempt) return word;
    }
    return {};
}

void add_attempt_table(const Measurement& m, Results& results) {
    Table table{"attempts",
                "what guests tried that they must not, from the beginning of the run to its end",
                {text_column("interface", "who tried"), text_column("attempt", "what"),
                 text_column("against", "whom it was meant for"),
                 integer_column("count", "", "how often")}};
    for (const auto& host : m.hosts()) {
        const auto& events = m.system().hosts()[host.index].host->events;
        if (events == nullptr || events->intruder == nullptr) continue;
        for (const EventParams* event : events->events()) {
            const auto tried = events->intruder->tried().find(event);
            if (tried == events->intruder->tried().end()) continue;
            TableRow(table) << interface_name(m, host.index, event->interface)
                            << word_of(std::get<AttemptEventParams>(event->body).attempt)
                            << interface_name(m, host.index, event->against) << tried->second;
        }
    }
    if (table.rows() > 0) results.tables.push_back(std::move(table));
}

void add_metric(const Measurement& m, Results& results) {
    double refused = 0;
    double strays = 0;
    bool any = false;
    for (const auto& host : m.hosts()) {
        any = any || m.system().hosts()[host.index].host->events != nullptr;
        for (const auto& [key, count] : host.faults.counts()) refused += static_cast<double>(count);
        for (const auto& [key, count] : host.strays.counts()) strays += static_cast<double>(count);
    }
    if (!any && refused == 0) return;
    results.summary.push_back({"faults.refused", refused, "", refused, refused});
    results.summary.push_back({"faults.stray", strays, "", strays, strays});
}

void note_events(const Measurement& m, Results& results) {
    const Scenario& scenario = m.system().scenario();
    for (const auto& host : m.hosts()) {
        const auto& events = m.system().hosts()[host.index].host->events;
        if (events == nullptr) continue;
        for (std::size_t i = events->played(); i < events->events().size(); ++i) {
            const EventParams* const event = events->events()[i];
            const auto number = event - scenario.events.data();
            results.notes.push_back("events." + std::to_string(number) + ": at " +
                                    to_text(event->at) + " the run was over; it did not happen");
        }
    }
}

}  // namespace

void add_faults(const Measurement& m, Results& results) {
    add_metric(m, results);
    add_fault_table(m, results);
    add_attempt_table(m, results);
    for (const auto& host : m.hosts()) {
        for (const std::string& text :
             sentences(m, host, host.strays, "is off and let pass from")) {
            results.notes.push_back(text);
        }
        for (const std::string& text : sentences(m, host, host.faults, "refused")) {
            results.notes.push_back(text);
        }
    }
    note_events(m, results);
}

}  // namespace snsim::detail
