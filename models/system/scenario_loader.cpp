#include "models/system/scenario_loader.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "models/system/event_check.h"
#include "models/system/interface_check.h"
#include "models/system/overrides.h"

namespace snsim {
namespace {

namespace fs = std::filesystem;

constexpr int profile_rank = 1;  // the scenario itself has 0, files it includes 500
constexpr int option_rank = 1000;

/// One place where a profile may be named: each host itself and its card.
struct ProfileSite {
    std::string key;   ///< below a host; empty: the host
    std::string kind;  ///< the folder of its profiles
    const ParamTable& (*table)();
};

const std::vector<ProfileSite>& profile_sites() {
    static const std::vector<ProfileSite> sites{{"", "hosts", &HostParams::params},
                                                {"card", "cards", &CardParams::params}};
    return sites;
}

class Loader {
  public:
    Loader(const Library& library, const LoadOptions& options, LoadedScenario& out)
        : library_(library),
          out_(out),
          files_(options.files != nullptr ? *options.files : own_files_),
          settings_(options.settings) {
        const std::string here = ".";
        for (std::size_t i = 0; i < options.sets.size(); ++i) {
            overrides_.push_back({options.sets[i], labelled("--set #" + std::to_string(i + 1), here,
                                                            option_rank + static_cast<int>(i))});
        }
        if (!options.seed.empty()) {
            overrides_.push_back(
                {"seed=" + options.seed, labelled("--seed", here, option_rank + 1'000'000)});
        }
    }

    void load() {
        bool read = false;
        near_ = fs::path(out_.path).parent_path().string();
        if (near_.empty()) near_ = ".";
        out_.tree = files_.read(out_.path, shown_path(out_.path), 0, out_.diagnostics, read);
        if (!read) {
            out_.diagnostics.error({}, {}, "cannot read '" + out_.path + "'");
            return;
        }
        if (!out_.tree.is_map() && !out_.diagnostics.ok()) return;  // no YAML, nothing to check
        expand_shorthands(Scenario::params(), out_.tree);
        include_lists(Scenario::params(), out_.tree, files_, out_.diagnostics);
        expand_profiles(profiles_in_effect());
        apply_overrides(out_.tree, out_.diagnostics);
        expand_profiles({});  // of hosts that --set added
        include_lists(Scenario::params(), out_.tree, files_, out_.diagnostics);
        Scenario::params().bind(out_.tree, &out_.scenario, {}, out_.diagnostics);
        resolve_aliases(out_.scenario);
        check_references(out_.scenario, out_.tree, out_.diagnostics);
        if (out_.diagnostics.ok()) resolve_events(out_.scenario, out_.tree, out_.diagnostics);
        resolve_vlans(out_.scenario, out_.tree);
        if (out_.diagnostics.ok()) check_interfaces(out_.scenario, out_.tree, out_.diagnostics);
        if (out_.scenario.name.empty()) out_.scenario.name = fs::path(out_.path).stem().string();
    }

  private:
    struct Override {
        std::string text;
        Origin origin;
    };

    void apply_overrides(Node& tree, Diagnostics& diagnostics) {
        for (const Override& o : overrides_) {
            apply_override(Scenario::params(), tree, o.text, o.origin, diagnostics);
            include_lists(Scenario::params(), tree, files_, diagnostics);
        }
        for (const Setting& s : settings_) {
            apply_setting(Scenario::params(), tree, s.path, s.value, s.origin, diagnostics);
            include_lists(Scenario::params(), tree, files_, diagnostics);
        }
    }

    /// Which profiles the options leave in effect, by path (`hosts.0.card`). A profile must be
    /// known before the options are applied, since they may name keys only the profile holds.
    [[nodiscard]] std::map<std::string, Node> profiles_in_effect() {
        Node draft = out_.tree;
        Diagnostics ignored;  // told when the options are applied to the whole
        apply_overrides(draft, ignored);
        std::map<std::string, Node> out;
        const Node* hosts = draft.find("hosts");
        for (std::size_t i = 0; hosts != nullptr && i < hosts->items.size(); ++i) {
            for (const ProfileSite& site : profile_sites()) {
                const Node* section =
                    site.key.empty() ? &hosts->items[i] : hosts->items[i].find(site.key);
                const Node* name = section == nullptr ? nullptr : section->find("profile");
                if (name != nullptr) out.emplace(path_of(i, site), *name);
            }
        }
        return out;
    }

    static std::string path_of(std::size_t host, const ProfileSite& site) {
        return "hosts." + std::to_string(host) + (site.key.empty() ? "" : "." + site.key);
    }

    /// Puts profiles under the sections that name them; `names` overrides the names written there.
    void expand_profiles(const std::map<std::string, Node>& names) {
        Node* hosts = out_.tree.find("hosts");
        for (std::size_t i = 0; hosts != nullptr && i < hosts->items.size(); ++i) {
            for (const ProfileSite& site : profile_sites()) {
                Node& host = hosts->items[i];
                const std::string path = path_of(i, site);
                const auto named = names.find(path);
                Node* section = site.key.empty() ? &host : host.find(site.key);
                if (section == nullptr && named != names.end()) {
                    section = &host.set(site.key, Node::map({}, named->second.origin),
                                        named->second.origin);
                }
                if (section == nullptr || !(section->is_map() || section->is_null())) continue;
                const Node* written = section->find("profile");
                const Node name = named != names.end() ? named->second
                                  : written != nullptr ? *written
                                                       : Node{};
                if (!name.is_scalar() || name.text.empty()) continue;
                if (std::find(expanded_.begin(), expanded_.end(), path) != expanded_.end())
                    continue;
                expanded_.push_back(path);
                const std::string host_name(host.name());
                const std::string at =
                    (host_name.empty() ? "hosts." + std::to_string(i) : host_name) +
                    (site.key.empty() ? "" : "." + site.key);
                *section = merge(profile(site, name, at, {}), *section);
            }
        }
    }

    /// A profile with the profile it is based on, if any.
    Node profile(const ProfileSite& site, const Node& name, const std::string& at,
                 std::vector<std::string> chain) {
        const std::string file = library_.find_profile(site.kind, name.text, near_);
        const std::string path = at + ".profile";
        if (file.empty()) {
            const auto known = library_.profiles(site.kind, near_);
            out_.diagnostics.error(name.origin, path,
                                   "there is no profile '" + name.text + "' in " + site.kind +
                                       did_you_mean(name.text, known) +
                                       " (known: " + listing(known) + ")");
            return {};
        }
        if (std::find(chain.begin(), chain.end(), file) != chain.end()) {
            out_.diagnostics.error(name.origin, path,
                                   "profile '" + name.text + "' is based on itself");
            return {};
        }
        chain.push_back(file);
        bool read = false;
        Node tree = files_.read(file, shown_path(file), profile_rank, out_.diagnostics, read);
        if (!read) out_.diagnostics.error(name.origin, path, "cannot read '" + file + "'");
        if (!tree.is_map()) {
            if (read && tree.is_list()) {
                out_.diagnostics.error(tree.origin, at, "a profile is a map of keys");
            }
            return {};
        }
        note(site, name.text, file);
        expand_shorthands(site.table(), tree);
        const Node* base = tree.find("profile");
        if (base == nullptr || !base->is_scalar()) return tree;
        return merge(profile(site, *base, at, std::move(chain)), tree);
    }

    void note(const ProfileSite& site, const std::string& name, const std::string& file) {
        const bool noted = std::any_of(
            out_.profiles.begin(), out_.profiles.end(),
            [&](const UsedProfile& p) { return p.kind == site.kind && p.name == name; });
        if (!noted) out_.profiles.push_back({site.kind, name, files_.text(file)});
    }

    const Library& library_;
    LoadedScenario& out_;
    YamlFiles own_files_;
    YamlFiles& files_;
    const std::vector<Setting>& settings_;
    std::vector<Override> overrides_;
    std::vector<std::string> expanded_;  // places whose profile is in the tree
    std::string near_;                   // the scenario's folder
};

}  // namespace

LoadedScenario load_scenario(const std::string& name, const Library& library,
                             const LoadOptions& options) {
    LoadedScenario out;
    out.scenario = defaults<Scenario>();
    out.path = library.find_scenario(name);
    if (out.path.empty()) {
        const auto known = library.scenarios();
        out.diagnostics.error({}, {},
                              "there is no scenario '" + name + "'" +
                                  did_you_mean(fs::path(name).stem().string(), known) +
                                  (known.empty() ? "" : " (snsim list scenarios shows all)"));
        return out;
    }
    Loader(library, options, out).load();
    return out;
}

}  // namespace snsim
