// The names of a scenario and what refers to them, checked against the whole of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "models/base/diagnostics.h"
#include "models/system/scenario.h"

namespace snsim {

class References {
  public:
    References(const Scenario& scenario, const Node& tree, Diagnostics& diagnostics)
        : scenario_(scenario), tree_(tree), diagnostics_(diagnostics) {}

    void check();

  private:
    // names
    template <class T>
    void names(const std::string& section, const std::vector<T>& elements);
    void hosts();
    void functions();
    void routes();
    void captures();
    /// Their classes are generated, so that their rate can be set, and connections can be counted.
    void searches();

    // what stands in a host (host_references.cpp)
    void interfaces(std::size_t host);
    /// Devices and switches: their names, and where they are plugged in.
    void bus(std::size_t host, std::map<std::string, std::string>& names);
    void plugged(const HostParams& host, const std::string& written, const std::string& path,
                 const SlotParams& slot, const LinkParams& link,
                 const std::vector<std::string>& switches,
                 std::map<std::string, std::size_t>& used);
    /// True if something inside a host can be called that; `taken`: what is so called already.
    [[nodiscard]] bool part_name(std::map<std::string, std::string>& taken, const std::string& name,
                                 const std::string& written);
    /// Tells of a second one.
    void unique(std::map<std::string, std::string>& taken, const std::string& what,
                const std::string& written, const std::string& path, const std::string& message);

    // classes of traffic (traffic_references.cpp)
    void traffic();
    /// What an interface can send so far.
    void sends(const std::string& at, std::size_t index, const InterfaceParams& from);
    /// What is sent on by a host has to come to it, and to be sent on by it.
    void via(const std::string& written, const std::string& path, const TrafficParams& t);
    /// From a device's DMA engine to its host's memory or to another device's.
    void accesses(const std::string& at, std::size_t index);
    /// What an access to a device's memory can be.
    void to_device(const std::string& at, std::size_t index, const HostParams& host,
                   std::size_t device);
    /// No more than the line carries. A capture has frame sizes of its own and may go late.
    void rate(const std::string& written, const std::string& path, const TrafficParams& t);
    /// Frames leave where `to:` says only if something on the card sends them there.
    void way_out(const std::string& written, const std::string& path, std::size_t index);
    void one_host(const std::string& written, const std::string& path, const TrafficParams& t,
                  const std::vector<std::string>& ends);

    // for all of them
    /// `written` leads to the node by section and index, `path` is what messages call it.
    void error(const std::string& written, const std::string& path, std::string message);
    [[nodiscard]] static std::string malformed(const std::string& name);
    [[nodiscard]] std::string path_of(const std::string& section, std::size_t index,
                                      const std::string& name, const std::string& key);
    /// A reference that must be one of `known`.
    void reference(const std::string& written, const std::string& path, const std::string& value,
                   const std::vector<std::string>& known, const std::string& what);
    /// Whose endpoint it is.
    [[nodiscard]] std::size_t host_of(const std::string& endpoint) const;
    /// True if a function of the host's card routes.
    [[nodiscard]] bool is_routed(const std::string& host) const;
    static bool on(const std::string& endpoint, const HostParams& host) {
        return endpoint.compare(0, host.name.size() + 1, host.name + ".") == 0;
    }

    const Scenario& scenario_;
    const Node& tree_;
    Diagnostics& diagnostics_;
    std::map<std::string, std::string> taken_;  // name -> where it was written
};

/// What names have to look like.
[[nodiscard]] bool well_formed(const std::string& name);
/// First words of metric names; `host0.latency.p99` must not be a metric of something else.
[[nodiscard]] const std::vector<std::string>& metric_families();

[[nodiscard]] inline bool contains(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace snsim
