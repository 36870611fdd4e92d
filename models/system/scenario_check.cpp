// Names and references of a scenario: checks that need the whole of it.
#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <map>
#include <utility>

#include "models/base/frame.h"
#include "models/pcie/link_direction.h"
#include "models/system/addressing.h"
#include "models/system/scenario.h"

namespace snsim {
namespace {

/// First words of metric names; `host0.latency.p99` must not be a metric of something else.
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

/// What a host has besides its interfaces.
const std::vector<std::string>& host_parts() {
    static const std::vector<std::string> words{
        "name", "card",  "wire0",  "wire1",      "interfaces", "profile",  "drives",
        "root", "iommu", "memory", "interrupts", "cpu",        "switches", "devices"};
    return words;
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::vector<std::string> host_names(const Scenario& scenario) {
    std::vector<std::string> out;
    for (const HostParams& host : scenario.hosts) {
        if (!host.name.empty() && !contains(out, host.name)) out.push_back(host.name);
    }
    return out;
}

/// Links a switch may have to devices: one TLP's senders at each of its outputs, itself included.
constexpr std::size_t max_switch_ports = LinkDirection::max_senders - 1;
/// By which the IOMMU tells functions of devices apart.
constexpr std::size_t max_devices = 31;

/// Bytes a frame of a class takes of the line on average, preamble and gap included.
double mean_line_bytes(const FrameSizes& sizes) {
    double bytes = 0;
    double weights = 0;
    for (const FrameSizes::Part& part : sizes.parts) {
        const auto weight = static_cast<double>(part.weight);
        bytes += weight * static_cast<double>(part.size.value + wire_overhead_bytes);
        weights += weight;
    }
    return bytes / weights;
}

class References {
  public:
    References(const Scenario& scenario, const Node& tree, Diagnostics& diagnostics)
        : scenario_(scenario), tree_(tree), diagnostics_(diagnostics) {}

    void check() {
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

  private:
    /// `written` leads to the node by section and index, `path` is what messages call it.
    void error(const std::string& written, const std::string& path, std::string message) {
        const Node* node = find_path(tree_, written);
        diagnostics_.error(node == nullptr ? tree_.origin : node->origin, path, std::move(message));
    }

    static std::string malformed(const std::string& name) {
        return "'" + name +
               "' is no name; names are small letters, digits, '_' and '-', a letter "
               "first";
    }

    template <class T>
    void names(const std::string& section, const std::vector<T>& elements) {
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

    std::string path_of(const std::string& section, std::size_t index, const std::string& name,
                        const std::string& key) {
        return (well_formed(name) ? name : section + "." + std::to_string(index)) + "." + key;
    }

    /// A reference that must be one of `known`; `planned` starts what later models bring.
    void reference(const std::string& written, const std::string& path, const std::string& value,
                   const std::vector<std::string>& known, const std::string& what) {
        if (value.empty() || contains(known, value)) return;
        const auto dot = value.find('.');
        const std::string host = value.substr(0, dot);
        const std::string rest = dot == std::string::npos ? std::string() : value.substr(dot + 1);
        const bool host_known = std::any_of(scenario_.hosts.begin(), scenario_.hosts.end(),
                                            [&](const HostParams& h) { return h.name == host; });
        if (host_known && rest.compare(0, 4, "vhba") == 0) {
            error(written, path,
                  "'" + value + "' is not yet modelled (known: " + listing(known) + ")");
            return;
        }
        error(written, path,
              "there is no " + what + " '" + value + "'" + did_you_mean(value, known) +
                  " (known: " + listing(known) + ")");
    }

    void hosts() {
        const Node* list = tree_.find("hosts");
        if (list != nullptr && scenario_.hosts.empty() && !(list->is_scalar() || list->is_map())) {
            error("hosts", "hosts", "a scenario needs at least one host");
        }
    }

    void interfaces(std::size_t host) {
        const HostParams& h = scenario_.hosts[host];
        const std::string list = "hosts." + std::to_string(host) + ".interfaces";
        const std::string shown = well_formed(h.name) ? h.name : "hosts." + std::to_string(host);
        if (h.interfaces.size() > max_interfaces) {
            error(list, shown + ".interfaces",
                  std::to_string(h.interfaces.size()) + " interfaces are more than the " +
                      std::to_string(max_interfaces) + " that a card has functions for");
        }
        std::map<std::string, std::string> names;
        std::map<std::string, std::string> addresses;
        for (std::size_t i = 0; i < h.interfaces.size(); ++i) {
            const InterfaceParams& interface = h.interfaces[i];
            const std::string at = list + "." + std::to_string(i);
            const std::string path = shown + "." + interface.name;
            if (!part_name(names, interface.name, at + ".name") || !interface.address) continue;
            const std::string address = to_text(interface.address->address);
            unique(addresses, address, at + ".address", path + ".address",
                   "the address '" + address + "' is taken");
        }
        bus(host, names);
    }

    /// Devices and switches: their names, and where they are plugged in.
    void bus(std::size_t host, std::map<std::string, std::string>& names) {
        const HostParams& h = scenario_.hosts[host];
        const std::string list = "hosts." + std::to_string(host);
        std::vector<std::string> switches;
        for (std::size_t i = 0; i < h.switches.size(); ++i) {
            const std::string at = list + ".switches." + std::to_string(i);
            (void)part_name(names, h.switches[i].name, at + ".name");
            switches.push_back(h.switches[i].name);
        }
        std::map<std::string, std::size_t> used;
        plugged(h, list + ".card", h.name + ".card", h.card.slot, h.card.pcie, switches, used);
        for (std::size_t i = 0; i < h.devices.size(); ++i) {
            const DeviceParams& device = h.devices[i];
            const std::string at = list + ".devices." + std::to_string(i);
            (void)part_name(names, device.name, at + ".name");
            plugged(h, at, h.name + "." + device.name, device.slot, device.pcie, switches, used);
        }
        for (std::size_t i = 0; i < h.switches.size(); ++i) {
            const std::string at = list + ".switches." + std::to_string(i);
            const std::size_t behind = used[h.switches[i].name];
            if (behind == 0) {
                error(at, h.name + "." + h.switches[i].name,
                      "no device is behind it: give one 'slot: {behind: " + h.switches[i].name +
                          "}'");
            } else if (behind > max_switch_ports) {
                error(at, h.name + "." + h.switches[i].name,
                      std::to_string(behind) + " devices are more than the " +
                          std::to_string(max_switch_ports) + " that a switch has ports for");
            }
        }
        if (h.devices.size() > max_devices) {
            error(list + ".devices", h.name + ".devices",
                  std::to_string(h.devices.size()) + " devices are more than the " +
                      std::to_string(max_devices) + " of a bus");
        }
        const Node* const bar = find_path(tree_, list + ".card.bar");
        if (h.devices.empty() && bar != nullptr && !bar->entries.empty()) {
            error(list + ".card.bar", h.name + ".card.bar",
                  "has no effect without other 'devices' that reach it");
        }
    }

    void plugged(const HostParams& host, const std::string& written, const std::string& path,
                 const SlotParams& slot, const LinkParams& link,
                 const std::vector<std::string>& switches,
                 std::map<std::string, std::size_t>& used) {
        if (slot.behind.empty()) return;
        const std::string key = written + ".slot.behind";
        ++used[slot.behind];
        const auto by = std::find_if(host.switches.begin(), host.switches.end(),
                                     [&](const SwitchParams& s) { return s.name == slot.behind; });
        if (by == host.switches.end()) {
            reference(key, path + ".slot.behind", slot.behind, switches, "switch");
            return;
        }
        if (link.mps == by->pcie.mps && link.address == by->pcie.address &&
            link.ecrc == by->pcie.ecrc) {
            return;
        }
        error(key, path + ".slot.behind",
              "a switch changes no TLP, so mps, address and ecrc of " + path + ".pcie and " +
                  host.name + "." + by->name + ".pcie have to be the same");
    }

    /// True if something inside a host can be called that; `taken`: what is so called already.
    bool part_name(std::map<std::string, std::string>& taken, const std::string& name,
                   const std::string& written) {
        if (name.empty()) return false;  // a missing key is told elsewhere
        if (!well_formed(name)) {
            error(written, written, malformed(name));
            return false;
        }
        const bool family = contains(metric_families(), name);
        if (family || contains(host_parts(), name)) {
            error(written, written,
                  "'" + name + "' is " + (family ? "a family of metrics" : "a part of every host") +
                      "; choose another name");
        }
        unique(taken, name, written, written, "the name '" + name + "' is taken");
        return true;
    }

    /// Tells of a second one.
    void unique(std::map<std::string, std::string>& taken, const std::string& what,
                const std::string& written, const std::string& path, const std::string& message) {
        const auto [first, fresh] = taken.emplace(what, written);
        if (fresh) return;
        const Node* other = find_path(tree_, first->second);
        error(written, path,
              message + " (" + (other == nullptr ? first->second : other->origin.text()) + ")");
    }

    void functions() {
        std::vector<std::string> cards;
        for (const std::string& host : host_names(scenario_)) cards.push_back(host + ".card");
        for (std::size_t i = 0; i < scenario_.functions.size(); ++i) {
            const FunctionParams& f = scenario_.functions[i];
            reference("functions." + std::to_string(i) + ".at",
                      path_of("functions", i, f.name, "at"), f.at, cards, "card");
        }
    }

    void routes() {
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
                const bool attached = prefix == to_text(attached_ipv4(other)) ||
                                      prefix == to_text(attached_ipv6(other));
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

    /// Whose endpoint it is.
    std::size_t host_of(const std::string& endpoint) const {
        const auto found = std::find_if(scenario_.hosts.begin(), scenario_.hosts.end(),
                                        [&](const HostParams& h) { return on(endpoint, h); });
        return static_cast<std::size_t>(found - scenario_.hosts.begin());
    }

    void traffic() {
        const auto ends = endpoints(scenario_);
        for (std::size_t i = 0; i < scenario_.traffic.size(); ++i) {
            const TrafficParams& t = scenario_.traffic[i];
            const std::string at = "traffic." + std::to_string(i);
            if (!t.has_frames()) {
                accesses(at, i);
                continue;
            }
            reference(at + ".from", path_of("traffic", i, t.name, "from"), t.from, ends,
                      "endpoint");
            reference(at + ".to", path_of("traffic", i, t.name, "to"), t.to, ends, "endpoint");
            one_host(at + ".to", path_of("traffic", i, t.name, "to"), t, ends);
            if (!contains(ends, t.from) || !contains(ends, t.to)) continue;
            if (const InterfaceParams* from = interface_of(t.from)) sends(at, i, *from);
            rate(at + ".rate", path_of("traffic", i, t.name, "rate"), t);
            if (t.via.empty()) {
                way_out(at + ".to", path_of("traffic", i, t.name, "to"), i);
            } else {
                via(at + ".via", path_of("traffic", i, t.name, "via"), t);
            }
        }
    }

    /// What an interface can send so far.
    void sends(const std::string& at, std::size_t index, const InterfaceParams& from) {
        const TrafficParams& t = scenario_.traffic[index];
        const std::string path = path_of("traffic", index, t.name, "from");
        if (!t.capture.empty() || t.churn.value > 0) {
            error(at + ".from", path,
                  "captures and connections from an interface are not yet modelled");
        }
        const Bytes most = from.buffer + Bytes{fcs_bytes};
        if (!t.frame_size.parts.empty() && most < t.frame_size.largest()) {
            error(at + ".frame_size", path_of("traffic", index, t.name, "frame_size"),
                  "'" + to_text(t.frame_size.largest()) + "' does not fit into a buffer of " +
                      t.from + ", which holds frames of up to " + to_text(most));
        }
    }

    /// What is sent on by a host has to come to it, and to be sent on by it.
    void via(const std::string& written, const std::string& path, const TrafficParams& t) {
        std::vector<std::string> interfaces;
        for (const std::string& end : endpoints(scenario_)) {
            if (interface_of(end) != nullptr) interfaces.push_back(end);
        }
        reference(written, path, t.via, interfaces, "interface");
        const InterfaceParams* const by = interface_of(t.via);
        if (by == nullptr) return;
        const std::string host = t.via.substr(0, t.via.find('.'));
        const auto refuse = [&](const std::string& why) { error(written, path, why); };
        if (t.from.substr(0, t.from.find('.')) != host) {
            refuse("'" + t.via + "' is on another host than '" + t.from + "'");
            return;
        }
        const EarlyProgram program = by->program;
        const bool early = by->driver == Driver::interrupt && program != EarlyProgram::none &&
                           program != EarlyProgram::pass;
        const bool sends_on =
            early ? program != EarlyProgram::drop
                  : by->driver != Driver::sink && by->application == Application::forward;
        if (!sends_on) {
            refuse("'" + t.via +
                   "' sends nothing on; it needs application: forward, or a program "
                   "that does");
        }
        if (is_routed(host)) {
            refuse("a routing function at " + host + ".card sends frames for '" + t.to +
                   "' there, past '" + t.via + "'");
        }
        if (t.from == t.via || t.to == t.via) refuse("'" + t.via + "' is an end of the class");
        if (!t.capture.empty() || t.churn.value > 0) {
            refuse("captures and connections by way of an interface are not yet modelled");
        }
        const std::string out = host + ".wire" + std::to_string(by->port);
        if (interface_of(t.to) == nullptr && t.to != out) {
            refuse("'" + t.via + "' sends by its port, " + out + ", and not to '" + t.to + "'");
        }
    }

    /// True if a function of the host's card routes.
    bool is_routed(const std::string& host) const {
        return std::any_of(
            scenario_.functions.begin(), scenario_.functions.end(), [&](const FunctionParams& f) {
                return f.at == host + ".card" && std::holds_alternative<RoutingParams>(f.body);
            });
    }

    /// The interface that an endpoint is; null for a wire.
    const InterfaceParams* interface_of(const std::string& endpoint) const {
        for (const HostParams& host : scenario_.hosts) {
            for (const InterfaceParams& interface : host.interfaces) {
                if (endpoint == host.name + "." + interface.name) return &interface;
            }
        }
        return nullptr;
    }

    /// From a device's DMA engine to its host's memory or to another device's.
    void accesses(const std::string& at, std::size_t index) {
        const TrafficParams& t = scenario_.traffic[index];
        std::vector<std::string> engines;
        std::vector<std::string> memories;
        for (const HostParams& host : scenario_.hosts) {
            if (!host.is_modelled()) continue;
            const std::string card = host.name + ".card";
            engines.push_back(card + ".dma");
            memories.push_back(host.name + ".memory");
            if (!host.devices.empty()) memories.push_back(card + ".bar");
            for (const DeviceParams& device : host.devices) {
                engines.push_back(host.name + "." + device.name + ".dma");
                memories.push_back(host.name + "." + device.name + ".bar");
            }
        }
        const std::string from = path_of("traffic", index, t.name, "from");
        const std::string to = path_of("traffic", index, t.name, "to");
        if (engines.empty()) {
            error(at + ".from", from,
                  "accesses to memory need a host with a 'profile'; only cards are modelled here");
            return;
        }
        reference(at + ".from", from, t.from, engines, "DMA engine");
        reference(at + ".to", to, t.to, memories, "memory");
        if (!contains(engines, t.from) || !contains(memories, t.to)) return;
        if (t.from.substr(0, t.from.find('.')) != t.to.substr(0, t.to.find('.'))) {
            error(at + ".to", to, "'" + t.to + "' is of another host than '" + t.from + "'");
            return;
        }
        const auto host = std::find_if(scenario_.hosts.begin(), scenario_.hosts.end(),
                                       [&](const HostParams& h) { return on(t.from, h); });
        const std::string key = path_of("traffic", index, t.name, "access");
        const std::size_t asks = *device_of(*host, t.from);
        if (const auto peer = device_of(*host, t.to)) {
            to_device(at, index, *host, *peer);
            if (*peer == asks) {
                error(at + ".to", to, "'" + t.from + "' reaches its own memory without the bus");
            }
        } else if (t.access.node >= host->memory.nodes) {
            error(at + ".access.node", key + ".node",
                  host->name + " has sockets 0 to " + std::to_string(host->memory.nodes - 1));
        }
        if (!t.access.mapped && !host->iommu.enabled) {
            error(at + ".access.mapped", key + ".mapped",
                  "has no effect without " + host->name + ".iommu.enabled");
        }
    }

    /// What an access to a device's memory can be.
    void to_device(const std::string& at, std::size_t index, const HostParams& host,
                   std::size_t device) {
        const TrafficParams& t = scenario_.traffic[index];
        const std::string key = path_of("traffic", index, t.name, "access");
        const BarParams& bar = device == 0 ? host.card.bar : host.devices[device - 1].bar;
        if (bar.size < t.access.window) {
            error(at + ".access.window", key + ".window",
                  "'" + to_text(t.access.window) + "' is more than " + t.to +
                      " has: " + to_text(bar.size));
        }
        for (const char* const word : {"cache", "node"}) {
            if (find_path(tree_, at + ".access." + word) == nullptr) continue;
            error(at + ".access." + word, key + "." + word,
                  "has no effect on accesses to a device's memory; leave it out");
        }
    }

    /// No more than the line carries. A capture has frame sizes of its own and may go late.
    void rate(const std::string& written, const std::string& path, const TrafficParams& t) {
        if (!t.rate || t.frame_size.parts.empty()) return;
        const auto host = std::find_if(scenario_.hosts.begin(), scenario_.hosts.end(),
                                       [&](const HostParams& h) { return on(t.from, h); });
        const auto& asic = host->card.asic;
        const InterfaceParams* const from = interface_of(t.from);
        const bool first = from != nullptr ? from->port == 0 : t.from == host->name + ".wire0";
        const BitRate line = (first ? asic.port0 : asic.port1).rate;
        const auto bits = static_cast<double>(line.value);
        const std::string port = host->name + ".card.asic.port" + (first ? "0" : "1");
        if (t.rate->kind == OfferedRate::Kind::bits && line < t.rate->bits) {
            error(written, path,
                  "'" + to_text(t.rate->bits) + "' is above line rate; " + port + " has " +
                      to_text(line));
        }
        if (t.rate->kind != OfferedRate::Kind::frames || !t.capture.empty()) return;
        const double most = bits / 8 / mean_line_bytes(t.frame_size);
        const double asked = static_cast<double>(t.rate->frames.value) / 1e6;
        constexpr double slack = 1 + 1e-9;
        if (asked > most * slack) {
            error(written, path,
                  "'" + to_text(t.rate->frames) + "' of such frames is above line rate; " + port +
                      fmt::format(" carries at most {:.9g} Mpps", std::floor(most) / 1e6));
        }
    }

    /// Frames leave where `to:` says only if something on the card sends them there.
    void way_out(const std::string& written, const std::string& path, std::size_t index) {
        const TrafficParams& t = scenario_.traffic[index];
        const std::string card = t.from.substr(0, t.from.find('.')) + ".card";
        const bool routed = is_routed(t.from.substr(0, t.from.find('.')));
        const InterfaceParams* const from = interface_of(t.from);
        const std::string host = t.from.substr(0, t.from.find('.'));
        if (!routed && from != nullptr && interface_of(t.to) == nullptr &&
            t.to != host + ".wire" + std::to_string(from->port)) {
            error(written, path,
                  "without a routing function at " + card + " '" + t.from +
                      "' sends by its port, " + host + ".wire" + std::to_string(from->port));
            return;
        }
        if (!routed && t.to == t.from) {
            error(written, path,
                  "'" + t.to + "' is where the class enters; without a routing function at " +
                      card + " its frames leave by the other port");
        }
        if (!routed || t.capture.empty()) return;
        for (std::size_t i = 0; i < index; ++i) {
            const TrafficParams& other = scenario_.traffic[i];
            if (other.capture.empty() || other.from != t.from || other.to == t.to) continue;
            error(written, path,
                  "captures replayed at one wire leave by one way, and " + other.name +
                      " goes to '" + other.to + "'; use the same, or another wire");
            return;
        }
    }

    static bool on(const std::string& endpoint, const HostParams& host) {
        return endpoint.compare(0, host.name.size() + 1, host.name + ".") == 0;
    }

    void one_host(const std::string& written, const std::string& path, const TrafficParams& t,
                  const std::vector<std::string>& ends) {
        if (!contains(ends, t.from) || !contains(ends, t.to)) return;
        if (t.from.substr(0, t.from.find('.')) == t.to.substr(0, t.to.find('.'))) return;
        error(written, path,
              "'" + t.to + "' is on another host than '" + t.from +
                  "', and links between hosts are not yet modelled");
    }

    void captures() {
        const auto points = capture_points(scenario_);
        for (std::size_t i = 0; i < scenario_.record.pcap.size(); ++i) {
            const std::string at = "record.pcap." + std::to_string(i);
            reference(at, at, scenario_.record.pcap[i], points, "capture point");
        }
    }

    /// Their classes are generated, so that their rate can be set, and connections can be counted.
    void searches() {
        std::vector<std::string> known;
        for (const TrafficParams& traffic : scenario_.traffic) known.push_back(traffic.name);
        for (std::size_t i = 0; i < scenario_.find.size(); ++i) {
            const FindParams& find = scenario_.find[i];
            const std::string section = "find." + std::to_string(i);
            for (std::size_t c = 0; c < find.classes.size(); ++c) {
                const std::string key = "classes." + std::to_string(c);
                const std::string written = section + "." + key;
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

    const Scenario& scenario_;
    const Node& tree_;
    Diagnostics& diagnostics_;
    std::map<std::string, std::string> taken_;  // name -> where it was written
};

void resolve_alias(const Scenario& scenario, std::string& path) {
    const auto steps = split_path(path);
    if (steps.size() < 3 || steps[0] != "hosts") return;
    const int index = path_index(steps[1]);
    if (index < 0 || static_cast<std::size_t>(index) >= scenario.hosts.size()) return;
    const std::string& name = scenario.hosts[static_cast<std::size_t>(index)].name;
    if (!name.empty()) path.replace(0, steps[0].size() + 1 + steps[1].size(), name);
}

}  // namespace

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
