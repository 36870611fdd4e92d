// Names and references of a scenario: checks that need the whole of it.
#include <algorithm>
#include <map>
#include <utility>

#include "models/system/addressing.h"
#include "models/system/references.h"
#include "models/system/scenario.h"

namespace snsim {
namespace {

std::vector<std::string> host_names(const Scenario& scenario) {
    std::vector<std::string> out;
    for (const HostParams& host : scenario.hosts) {
        if (!host.name.empty() && !contains(out, host.name)) out.push_back(host.name);
    }
    return out;
}

void resolve_alias(const Scenario& scenario, std::string& path) {
    const auto steps = split_path(path);
    if (steps.size() < 3 || steps[0] != "hosts") return;
    const int index = path_index(steps[1]);
    if (index < 0 || static_cast<std::size_t>(index) >= scenario.hosts.size()) return;
    const std::string& name = scenario.hosts[static_cast<std::size_t>(index)].name;
    if (!name.empty()) path.replace(0, steps[0].size() + 1 + steps[1].size(), name);
}

}  // namespace

const std::vector<std::string>& metric_families() {
    static const std::vector<std::string> words{
        "frames", "rate",   "throughput", "goodput",   "latency", "connections",
        "flows",  "punt",   "arm",        "pcie",      "host",    "storage",
        "power",  "energy", "sim",        "generator", "faults"};
    return words;
}

bool well_formed(const std::string& name) {
    const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
    return !name.empty() && lower(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) {
               return lower(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
           });
}

void References::check() {
    if (!scenario_.name.empty() && !well_formed(scenario_.name)) {
        error("name", "name", malformed(scenario_.name));
    }
    names("hosts", scenario_.hosts);
    names("functions", scenario_.functions);
    names("traffic", scenario_.traffic);
    names("find", scenario_.find);
    hosts();
    for (std::size_t i = 0; i < scenario_.hosts.size(); ++i) interfaces(i);
    functions();
    routes();
    traffic();
    captures();
    searches();
}

void References::error(const std::string& written, const std::string& path, std::string message) {
    const Node* node = find_path(tree_, written);
    diagnostics_.error(node == nullptr ? tree_.origin : node->origin, path, std::move(message));
}

std::string References::malformed(const std::string& name) {
    return "'" + name +
           "' is no name; names are small letters, digits, '_' and '-', a letter "
           "first";
}

template <class T>
void References::names(const std::string& section, const std::vector<T>& elements) {
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const std::string& name = elements[i].name;
        const std::string at = section + "." + std::to_string(i) + ".name";
        if (name.empty()) continue;  // a missing key is told elsewhere
        if (!well_formed(name)) {
            error(at, at, malformed(name));
        } else if (section != "find" && contains(metric_families(), name)) {
            error(at, at, "'" + name + "' is a family of metrics; choose another name");
        } else if (Scenario::params().find(name) != nullptr) {
            error(at, at, "'" + name + "' is a section of scenarios; choose another name");
        } else if (const auto [first, fresh] = taken_.emplace(name, at); !fresh) {
            const Node* other = find_path(tree_, first->second);
            error(at, at,
                  "the name '" + name + "' is taken (" +
                      (other == nullptr ? first->second : other->origin.text()) +
                      "); hosts, functions, traffic and searches share their names");
        }
    }
}

std::string References::path_of(const std::string& section, std::size_t index,
                                const std::string& name, const std::string& key) {
    return (well_formed(name) ? name : section + "." + std::to_string(index)) + "." + key;
}

void References::reference(const std::string& written, const std::string& path,
                           const std::string& value, const std::vector<std::string>& known,
                           const std::string& what) {
    if (value.empty() || contains(known, value)) return;
    const auto dot = value.find('.');
    const std::string host = value.substr(0, dot);
    const std::string rest = dot == std::string::npos ? std::string() : value.substr(dot + 1);
    const bool host_known = std::any_of(scenario_.hosts.begin(), scenario_.hosts.end(),
                                        [&](const HostParams& h) { return h.name == host; });
    if (host_known && rest.compare(0, 4, "vhba") == 0) {
        error(written, path, "'" + value + "' is not yet modelled (known: " + listing(known) + ")");
        return;
    }
    error(written, path,
          "there is no " + what + " '" + value + "'" + did_you_mean(value, known) +
              " (known: " + listing(known) + ")");
}

void References::hosts() {
    const Node* list = tree_.find("hosts");
    if (list != nullptr && scenario_.hosts.empty() && !(list->is_scalar() || list->is_map())) {
        error("hosts", "hosts", "a scenario needs at least one host");
    }
}

void References::functions() {
    std::vector<std::string> cards;
    for (const std::string& host : host_names(scenario_)) cards.push_back(host + ".card");
    for (std::size_t i = 0; i < scenario_.functions.size(); ++i) {
        const FunctionParams& f = scenario_.functions[i];
        reference("functions." + std::to_string(i) + ".at", path_of("functions", i, f.name, "at"),
                  f.at, cards, "card");
    }
}

void References::routes() {
    const auto ends = endpoints(scenario_);
    std::map<std::pair<std::size_t, std::string>, std::string> taken;  // host, prefix -> path
    for (std::size_t i = 0; i < scenario_.routes.size(); ++i) {
        const RouteParams& route = scenario_.routes[i];
        const std::string at = "routes." + std::to_string(i);
        reference(at + ".to", at + ".to", route.to, ends, "endpoint");
        const auto end = std::find(ends.begin(), ends.end(), route.to);
        if (!route.prefix || end == ends.end()) continue;
        const auto number = static_cast<std::size_t>(end - ends.begin());
        const std::size_t host = host_of(route.to);
        const std::string prefix = to_text(*route.prefix);
        for (std::size_t port = 0; port < Addressing::wires_per_host; ++port) {
            const std::size_t other = host * Addressing::wires_per_host + port;
            const bool attached =
                prefix == to_text(attached_ipv4(other)) || prefix == to_text(attached_ipv6(other));
            if (!attached || other == number) continue;
            error(at + ".prefix", at + ".prefix",
                  "'" + prefix + "' is the network attached to " + ends[other] +
                      " and leads there already");
        }
        const auto [first, fresh] = taken.emplace(std::pair(host, prefix), at + ".prefix");
        if (fresh) continue;
        const Node* other = find_path(tree_, first->second);
        error(at + ".prefix", at + ".prefix",
              "the prefix '" + prefix + "' has a route already (" +
                  (other == nullptr ? first->second : other->origin.text()) + ")");
    }
}

std::size_t References::host_of(const std::string& endpoint) const {
    const auto found = std::find_if(scenario_.hosts.begin(), scenario_.hosts.end(),
                                    [&](const HostParams& h) { return on(endpoint, h); });
    return static_cast<std::size_t>(found - scenario_.hosts.begin());
}

bool References::is_routed(const std::string& host) const {
    return std::any_of(
        scenario_.functions.begin(), scenario_.functions.end(), [&](const FunctionParams& f) {
            return f.at == host + ".card" && std::holds_alternative<RoutingParams>(f.body);
        });
}

void References::captures() {
    const auto points = capture_points(scenario_);
    for (std::size_t i = 0; i < scenario_.record.pcap.size(); ++i) {
        const std::string at = "record.pcap." + std::to_string(i);
        reference(at, at, scenario_.record.pcap[i], points, "capture point");
    }
}

void References::searches() {
    std::vector<std::string> known;
    for (const TrafficParams& traffic : scenario_.traffic) known.push_back(traffic.name);
    for (std::size_t i = 0; i < scenario_.find.size(); ++i) {
        const FindParams& find = scenario_.find[i];
        const std::string section = "find." + std::to_string(i);
        for (std::size_t c = 0; c < find.classes.size(); ++c) {
            const std::string key = "classes." + std::to_string(c);
            std::string written = section;
            written.append(".").append(key);
            const std::string path = path_of("find", i, find.name, key);
            reference(written, path, find.classes[c], known, "traffic class");
            for (const TrafficParams& traffic : scenario_.traffic) {
                if (traffic.name != find.classes[c] || traffic.capture.empty()) continue;
                error(written, path,
                      "'" + traffic.name +
                          "' replays a capture; a search sets the rate of "
                          "generated traffic");
            }
        }
        const bool generated =
            std::any_of(scenario_.traffic.begin(), scenario_.traffic.end(),
                        [](const TrafficParams& traffic) { return traffic.capture.empty(); });
        if (!generated) error(section, section, "there is no generated traffic to raise");
        const bool counted = std::any_of(
            scenario_.functions.begin(), scenario_.functions.end(), [](const auto& function) {
                const auto* firewall = std::get_if<FirewallParams>(&function.body);
                return firewall != nullptr && firewall->stateful;
            });
        if (find.kind == FindKind::connection_rate && !counted) {
            error(section, path_of("find", i, find.name, "kind"),
                  "connections are counted by a stateful firewall, and there is none");
        }
    }
}

void resolve_aliases(Scenario& scenario) {
    for (FunctionParams& function : scenario.functions) resolve_alias(scenario, function.at);
    for (RouteParams& route : scenario.routes) resolve_alias(scenario, route.to);
    for (TrafficParams& traffic : scenario.traffic) {
        resolve_alias(scenario, traffic.from);
        resolve_alias(scenario, traffic.to);
        resolve_alias(scenario, traffic.via);
    }
    for (EventParams& event : scenario.events) {
        resolve_alias(scenario, event.target);
        if (auto* const attempt = std::get_if<AttemptEventParams>(&event.body)) {
            resolve_alias(scenario, attempt->against);
        }
    }
    for (std::string& point : scenario.record.pcap) resolve_alias(scenario, point);
}

std::vector<std::string> endpoints(const Scenario& scenario) {
    std::vector<std::string> out;
    for (const std::string& host : host_names(scenario)) {
        out.push_back(host + ".wire0");
        out.push_back(host + ".wire1");
    }
    for (const HostParams& host : scenario.hosts) {
        for (const InterfaceParams& interface : host.interfaces) {
            if (!interface.name.empty()) out.push_back(host.name + "." + interface.name);
        }
    }
    return out;
}

const InterfaceParams* interface_of(const Scenario& scenario, const std::string& endpoint) {
    for (const HostParams& host : scenario.hosts) {
        for (const InterfaceParams& interface : host.interfaces) {
            if (endpoint == host.name + "." + interface.name) return &interface;
        }
    }
    return nullptr;
}

std::optional<std::size_t> device_of(const HostParams& host, const std::string& path) {
    const auto is = [&](const std::string& device) {
        return path == host.name + "." + device + ".dma" ||
               path == host.name + "." + device + ".bar";
    };
    if (is("card")) return 0;
    for (std::size_t i = 0; i < host.devices.size(); ++i) {
        if (is(host.devices[i].name)) return i + 1;
    }
    return std::nullopt;
}

std::vector<std::string> capture_points(const Scenario& scenario) {
    std::vector<std::string> out;
    for (const std::string& host : host_names(scenario)) {
        out.push_back(host + ".card.asic.port0");
        out.push_back(host + ".card.asic.port1");
    }
    return out;
}

void check_references(const Scenario& scenario, const Node& tree, Diagnostics& diagnostics) {
    References(scenario, tree, diagnostics).check();
}

}  // namespace snsim
