#include "models/pcie/link_direction.h"
#include "models/system/references.h"

namespace snsim {

namespace {

/// What a host has besides its interfaces.
const std::vector<std::string>& host_parts() {
    static const std::vector<std::string> words{
        "name", "card",  "wire0",  "wire1",      "interfaces", "profile",  "drives",
        "root", "iommu", "memory", "interrupts", "cpu",        "switches", "devices"};
    return words;
}

/// Links a switch may have to devices: one TLP's senders at each of its outputs, itself included.
constexpr std::size_t max_switch_ports = LinkDirection::max_senders - 1;
/// By which the IOMMU tells functions of devices apart.
constexpr std::size_t max_devices = 31;

}  // namespace

void References::interfaces(std::size_t host) {
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

void References::bus(std::size_t host, std::map<std::string, std::string>& names) {
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
                  "no device is behind it: give one 'slot: {behind: " + h.switches[i].name + "}'");
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

void References::plugged(const HostParams& host, const std::string& written,
                         const std::string& path, const SlotParams& slot, const LinkParams& link,
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

bool References::part_name(std::map<std::string, std::string>& taken, const std::string& name,
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

void References::unique(std::map<std::string, std::string>& taken, const std::string& what,
                        const std::string& written, const std::string& path,
                        const std::string& message) {
    const auto [first, fresh] = taken.emplace(what, written);
    if (fresh) return;
    const Node* other = find_path(tree_, first->second);
    error(written, path,
          message + " (" + (other == nullptr ? first->second : other->origin.text()) + ")");
}

}  // namespace snsim
