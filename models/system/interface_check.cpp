#include "models/system/interface_check.h"

#include <algorithm>
#include <fmt/core.h>

#include "models/system/event_check.h"

namespace snsim {

namespace {

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
        digits.insert(static_cast<std::size_t>(at), ",");
    }
    return digits;
}

class InterfaceCheck {
  public:
    InterfaceCheck(const Scenario& scenario, const Node& tree, Diagnostics& diagnostics)
        : scenario_(scenario), tree_(tree), diagnostics_(diagnostics) {}

    void check() {
        for (std::size_t host = 0; host < scenario_.hosts.size(); ++host) {
            card(host);
            for (std::size_t i = 0; i < scenario_.hosts[host].interfaces.size(); ++i) {
                merging(host, i);
                summing(host, i);
            }
        }
        for (std::size_t i = 0; i < scenario_.traffic.size(); ++i) vlans(i);
    }

  private:
    /// At what was written of the interface's key, or, where nothing was, at the interface.
    void error(std::size_t host, std::size_t interface, const std::string& key,
               std::string message) {
        const HostParams& h = scenario_.hosts[host];
        const std::string at =
            "hosts." + std::to_string(host) + ".interfaces." + std::to_string(interface);
        const Node* node = find_path(tree_, at + "." + key);
        if (node == nullptr) node = find_path(tree_, at);
        diagnostics_.error(node == nullptr ? tree_.origin : node->origin,
                           h.name + "." + h.interfaces[interface].name + "." + key,
                           std::move(message));
    }

    /// Nothing on a card changes a frame's VLAN.
    void vlans(std::size_t index) {
        const TrafficParams& t = scenario_.traffic[index];
        if (!t.has_frames()) return;
        const InterfaceParams* const from = interface_of(scenario_, t.from);
        const InterfaceParams* const to = interface_of(scenario_, t.to);
        const auto refuse = [&](const std::string& key, const std::string& message) {
            const std::string at = "traffic." + std::to_string(index);
            const Node* node = find_path(tree_, at + "." + key);
            if (node == nullptr) node = find_path(tree_, at);
            diagnostics_.error(node == nullptr ? tree_.origin : node->origin, t.name + "." + key,
                               message);
        };
        if (from != nullptr && to != nullptr && from->vlan != to->vlan) {
            refuse("to", fmt::format("'{}' is in VLAN {} and '{}' in VLAN {}; nothing on a card "
                                     "takes a frame from one to the other",
                                     t.to, to->vlan, t.from, from->vlan));
        }
        if (t.frame_size.parts.empty() || t.vlan == 0) return;
        const Bytes least = header_bytes(t.protocol, t.ip, t.vlan);
        for (const FrameSizes::Part& part : t.frame_size.parts) {
            if (least <= part.size) continue;
            refuse("frame_size",
                   fmt::format("'{}' has no room for headers with the tag of VLAN {}, "
                               "which take at least {}",
                               to_text(part.size), t.vlan, to_text(least)));
        }
    }

    /// The first interface that does not fit any more is told of.
    void card(std::size_t host) {
        const HostParams& h = scenario_.hosts[host];
        std::int64_t queues = 0;
        std::int64_t entries = 0;
        for (std::size_t i = 0; i < h.interfaces.size(); ++i) {
            const Most most = most_of(host, i);
            const std::int64_t before = queues;
            queues += most.queues;
            entries += most.entries;
            if (queues > max_card_queues && before <= max_card_queues) {
                error(host, i, "queues",
                      fmt::format("with '{}' here {}.card has {} queue pairs at once; it has room "
                                  "for {} of all its interfaces",
                                  most.queues, h.name, grouped(queues), grouped(max_card_queues)));
            }
            if (entries > max_ring_entries && entries - most.entries <= max_ring_entries) {
                error(host, i, "ring",
                      fmt::format("with these the rings of {} have {} entries of a kind; {} are "
                                  "allowed for all its interfaces and queues",
                                  h.name, grouped(entries), grouped(max_ring_entries)));
            }
        }
    }

    /// What was merged cannot be sent on, and programs take no such packets; Linux turns merging
    /// off there.
    void merging(std::size_t host, std::size_t index) {
        const InterfaceParams& interface = scenario_.hosts[host].interfaces[index];
        if (!interface.lro) return;
        if (longest_merging < interface.moderation.time) {
            error(
                host, index, "moderation.time",
                fmt::format("'{}' is longer than a card waits for segments to merge (lro): at most "
                            "{}",
                            to_text(interface.moderation.time), to_text(longest_merging)));
        }
        const bool kernel = interface.driver == Driver::interrupt;
        if (kernel && interface.program != EarlyProgram::none) {
            error(host, index, "lro", "a program takes no merged segments; it needs lro: false");
        }
        const bool sends_on = interface.application == Application::forward ||
                              (!kernel && interface.application == Application::reply);
        if (interface.driver != Driver::sink && sends_on) {
            error(
                host, index, "lro",
                "merged segments cannot be sent on; 'application' has to be receive, drop, or, in "
                "the kernel, reply");
        }
    }

    /// A card that cuts or merges has to sum.
    void summing(std::size_t host, std::size_t index) {
        const InterfaceParams& interface = scenario_.hosts[host].interfaces[index];
        if (interface.checksum_offload) return;
        for (const auto& [key, on] :
             {std::pair("tso", interface.tso), std::pair("lro", interface.lro)}) {
            if (!on) continue;
            error(host, index, "checksum_offload",
                  fmt::format("'false' needs {}: false, as a card that {} has to sum", key,
                              key[0] == 't' ? "cuts" : "merges"));
        }
    }

    struct Most {
        std::int64_t queues;
        std::int64_t entries;  ///< of all rings of a kind
    };
    /// What an interface ever has, events included.
    Most most_of(std::size_t host, std::size_t index) const {
        const InterfaceParams& interface = scenario_.hosts[host].interfaces[index];
        Most most{most_queues(scenario_, host, index), interface.queues * interface.ring};
        for (const EventParams& event : scenario_.events) {
            if (event.host != host || event.interface != index || !event.after) continue;
            most.entries = std::max(most.entries, event.after->queues * event.after->ring);
        }
        return most;
    }

    const Scenario& scenario_;
    const Node& tree_;
    Diagnostics& diagnostics_;
};

}  // namespace

void resolve_vlans(Scenario& scenario, const Node& tree) {
    for (std::size_t i = 0; i < scenario.traffic.size(); ++i) {
        TrafficParams& traffic = scenario.traffic[i];
        const bool said = find_path(tree, "traffic." + std::to_string(i) + ".vlan") != nullptr;
        if (said || !traffic.has_frames() || !traffic.capture.empty()) continue;
        // What an interface sends is tagged by its card.
        if (interface_of(scenario, traffic.from) != nullptr) continue;
        const InterfaceParams* const first =
            interface_of(scenario, traffic.via.empty() ? traffic.to : traffic.via);
        if (first != nullptr) traffic.vlan = first->vlan;
    }
}

void check_interfaces(const Scenario& scenario, const Node& tree, Diagnostics& diagnostics) {
    InterfaceCheck(scenario, tree, diagnostics).check();
}

}  // namespace snsim
