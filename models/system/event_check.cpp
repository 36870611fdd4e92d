#include "models/system/event_check.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace snsim {

namespace {

/// Values of an interface that can change while the scenario runs.
const std::vector<std::string>& changeable() {
    static const std::vector<std::string> keys{"queues",         "ring",       "weight",
                                               "rate_limit",     "rate_burst", "moderation.frames",
                                               "moderation.time"};
    return keys;
}

class Resolver {
  public:
    Resolver(Scenario& scenario, const Node& tree, Diagnostics& diagnostics)
        : scenario_(scenario), tree_(tree), diagnostics_(diagnostics) {
        for (const HostParams& host : scenario.hosts) {
            for (const InterfaceParams& interface : host.interfaces) {
                known_.push_back(host.name + "." + interface.name);
            }
        }
    }

    void resolve() {
        std::vector<std::size_t> order(scenario_.events.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
            return scenario_.events[a].at < scenario_.events[b].at;
        });
        for (const std::size_t index : order) event(index);
    }

  private:
    /// An interface as it is at the time that is looked at.
    struct State {
        Node node;
        bool attached;
    };

    void error(const std::string& at, std::string message) {
        const Node* node = find_path(tree_, at);
        diagnostics_.error(node == nullptr ? tree_.origin : node->origin, at, std::move(message));
    }

    /// The interface a path leads to, and what of the path is behind it; false if to none.
    bool find(const std::string& path, std::size_t& host, std::size_t& interface,
              std::string& rest) const {
        for (host = 0; host < scenario_.hosts.size(); ++host) {
            const HostParams& h = scenario_.hosts[host];
            for (interface = 0; interface < h.interfaces.size(); ++interface) {
                const std::string own = h.name + "." + h.interfaces[interface].name;
                if (path.compare(0, own.size(), own) != 0) continue;
                if (path.size() > own.size() && path[own.size()] != '.') continue;
                rest = path.size() > own.size() ? path.substr(own.size() + 1) : std::string();
                return true;
            }
        }
        return false;
    }

    void unknown(const std::string& at, const std::string& path) {
        error(at, "there is no interface '" + path + "'" + did_you_mean(path, known_) +
                      " (known: " + listing(known_) + ")");
    }

    State& state_of(const EventParams& event) {
        const HostParams& host = scenario_.hosts[event.host];
        const InterfaceParams& interface = host.interfaces[event.interface];
        const std::string path = host.name + "." + interface.name;
        const auto found = states_.find(path);
        if (found != states_.end()) return found->second;
        const Node* node = find_path(tree_, path);
        return states_.emplace(path, State{node == nullptr ? Node() : *node, interface.attached})
            .first->second;
    }

    void event(std::size_t index) {
        EventParams& event = scenario_.events[index];
        const std::string at = "events." + std::to_string(index);
        if (event.target.empty()) return;  // told elsewhere
        if (!find(event.target, event.host, event.interface, event.key)) {
            unknown(at + ".target", event.target);
            return;
        }
        State& state = state_of(event);
        if (event.action != EventAction::set && !event.key.empty()) {
            unknown(at + ".target", event.target);
            return;
        }
        const std::string path = event.target;
        switch (event.action) {
            case EventAction::attach:
                if (state.attached) error(at + ".action", "'" + path + "' is attached then");
                state.attached = true;
                break;
            case EventAction::detach:
                if (!state.attached) error(at + ".action", "'" + path + "' is detached then");
                state.attached = false;
                break;
            case EventAction::set: set(event, state, at); break;
            case EventAction::attempt: attempt(event, state, at); break;
        }
        if (event.after) return;
        Diagnostics told;  // of the interface itself, elsewhere
        event.after = snsim::bind<InterfaceParams>(state.node, told);
    }

    void set(EventParams& event, State& state, const std::string& at) {
        const std::vector<std::string>& keys = changeable();
        if (std::find(keys.begin(), keys.end(), event.key) == keys.end()) {
            error(at + ".target",
                  (event.key.empty() ? "'" + event.target + "' is no value"
                                     : "'" + event.key +
                                           "' of an interface does not change while "
                                           "the scenario runs") +
                      did_you_mean(event.key, keys) + " (what can: " + listing(keys) + ")");
            return;
        }
        const Node* value = find_path(tree_, at + ".to");
        if (value == nullptr) return;  // told elsewhere
        Node* section = &state.node;
        const std::vector<std::string> steps = split_path(event.key);
        for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
            Node* below = section->find(steps[i]);
            section = below != nullptr
                          ? below
                          : &section->set(steps[i], Node::map({}, value->origin), value->origin);
        }
        section->set(steps.back(), *value, value->origin);
        event.after = snsim::bind<InterfaceParams>(
            state.node, diagnostics_,
            event.target.substr(0, event.target.size() - event.key.size() - 1));
    }

    void attempt(EventParams& event, const State& state, const std::string& at) {
        if (!state.attached) error(at + ".action", "'" + event.target + "' is detached then");
        const std::string& path = std::get<AttemptEventParams>(event.body).against;
        const std::size_t count = scenario_.hosts[event.host].interfaces.size();
        if (path.empty()) {
            event.against = event.interface == 0 && count > 1 ? 1 : 0;
            return;
        }
        std::size_t host = 0;
        std::string rest;
        if (!find(path, host, event.against, rest) || !rest.empty()) {
            unknown(at + ".against", path);
        } else if (host != event.host) {
            error(at + ".against", "'" + path + "' is on another host than '" + event.target + "'");
        }
    }

    Scenario& scenario_;
    const Node& tree_;
    Diagnostics& diagnostics_;
    std::vector<std::string> known_;
    std::map<std::string, State> states_;  // by path
};

}  // namespace

void resolve_events(Scenario& scenario, const Node& tree, Diagnostics& diagnostics) {
    Resolver(scenario, tree, diagnostics).resolve();
}

std::uint16_t most_queues(const Scenario& scenario, std::size_t host, std::size_t interface) {
    std::int64_t most = scenario.hosts[host].interfaces[interface].queues;
    for (const EventParams& event : scenario.events) {
        if (event.host == host && event.interface == interface && event.after) {
            most = std::max(most, event.after->queues);
        }
    }
    return static_cast<std::uint16_t>(most);
}

}  // namespace snsim
