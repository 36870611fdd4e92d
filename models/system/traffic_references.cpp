#include <cmath>
#include <fmt/core.h>

#include "models/base/frame.h"
#include "models/system/references.h"

namespace snsim {

namespace {

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

}  // namespace

void References::traffic() {
    const auto ends = endpoints(scenario_);
    for (std::size_t i = 0; i < scenario_.traffic.size(); ++i) {
        const TrafficParams& t = scenario_.traffic[i];
        const std::string at = "traffic." + std::to_string(i);
        if (!t.has_frames()) {
            accesses(at, i);
            continue;
        }
        reference(at + ".from", path_of("traffic", i, t.name, "from"), t.from, ends, "endpoint");
        reference(at + ".to", path_of("traffic", i, t.name, "to"), t.to, ends, "endpoint");
        one_host(at + ".to", path_of("traffic", i, t.name, "to"), t, ends);
        if (!contains(ends, t.from) || !contains(ends, t.to)) continue;
        if (const InterfaceParams* from = interface_of(scenario_, t.from)) sends(at, i, *from);
        rate(at + ".rate", path_of("traffic", i, t.name, "rate"), t);
        if (t.via.empty()) {
            way_out(at + ".to", path_of("traffic", i, t.name, "to"), i);
        } else {
            via(at + ".via", path_of("traffic", i, t.name, "via"), t);
        }
    }
}

void References::sends(const std::string& at, std::size_t index, const InterfaceParams& from) {
    const TrafficParams& t = scenario_.traffic[index];
    const std::string path = path_of("traffic", index, t.name, "from");
    if (!t.capture.empty() || t.churn.value > 0) {
        error(at + ".from", path,
              "captures and connections from an interface are not yet modelled");
    }
    const Bytes most = from.buffer + Bytes{fcs_bytes};
    if (!t.frame_size.parts.empty() && most < t.frame_size.largest()) {
        error(at + ".frame_size", path_of("traffic", index, t.name, "frame_size"),
              "'" + to_text(t.frame_size.largest()) + "' does not fit into a buffer of " + t.from +
                  ", which holds frames of up to " + to_text(most));
    }
}

void References::via(const std::string& written, const std::string& path, const TrafficParams& t) {
    std::vector<std::string> interfaces;
    for (const std::string& end : endpoints(scenario_)) {
        if (interface_of(scenario_, end) != nullptr) interfaces.push_back(end);
    }
    reference(written, path, t.via, interfaces, "interface");
    const InterfaceParams* const by = interface_of(scenario_, t.via);
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
    if (interface_of(scenario_, t.to) == nullptr && t.to != out) {
        refuse("'" + t.via + "' sends by its port, " + out + ", and not to '" + t.to + "'");
    }
}

void References::accesses(const std::string& at, std::size_t index) {
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

void References::to_device(const std::string& at, std::size_t index, const HostParams& host,
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

void References::rate(const std::string& written, const std::string& path, const TrafficParams& t) {
    if (!t.rate || t.frame_size.parts.empty()) return;
    const auto host = std::find_if(scenario_.hosts.begin(), scenario_.hosts.end(),
                                   [&](const HostParams& h) { return on(t.from, h); });
    const auto& asic = host->card.asic;
    const InterfaceParams* const from = interface_of(scenario_, t.from);
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

void References::way_out(const std::string& written, const std::string& path, std::size_t index) {
    const TrafficParams& t = scenario_.traffic[index];
    const std::string card = t.from.substr(0, t.from.find('.')) + ".card";
    const bool routed = is_routed(t.from.substr(0, t.from.find('.')));
    const InterfaceParams* const from = interface_of(scenario_, t.from);
    const std::string host = t.from.substr(0, t.from.find('.'));
    if (!routed && from != nullptr && interface_of(scenario_, t.to) == nullptr &&
        t.to != host + ".wire" + std::to_string(from->port)) {
        error(written, path,
              "without a routing function at " + card + " '" + t.from + "' sends by its port, " +
                  host + ".wire" + std::to_string(from->port));
        return;
    }
    if (!routed && t.to == t.from) {
        error(written, path,
              "'" + t.to + "' is where the class enters; without a routing function at " + card +
                  " its frames leave by the other port");
    }
    if (!routed || t.capture.empty()) return;
    for (std::size_t i = 0; i < index; ++i) {
        const TrafficParams& other = scenario_.traffic[i];
        if (other.capture.empty() || other.from != t.from || other.to == t.to) continue;
        error(written, path,
              "captures replayed at one wire leave by one way, and " + other.name + " goes to '" +
                  other.to + "'; use the same, or another wire");
        return;
    }
}

void References::one_host(const std::string& written, const std::string& path,
                          const TrafficParams& t, const std::vector<std::string>& ends) {
    if (!contains(ends, t.from) || !contains(ends, t.to)) return;
    if (t.from.substr(0, t.from.find('.')) == t.to.substr(0, t.to.find('.'))) return;
    error(written, path,
          "'" + t.to + "' is on another host than '" + t.from +
              "', and links between hosts are not yet modelled");
}

}  // namespace snsim
