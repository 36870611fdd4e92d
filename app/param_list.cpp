#include "app/param_list.h"

#include <fmt/core.h>

#include "models/system/scenario.h"

namespace snsim {
namespace {

bool is_pattern(const std::string& step) { return step.size() > 2 && step.front() == '<'; }

/// Whether `query` from `q` on leads along `path` from `p` on.
bool leads(const std::vector<std::string>& query, std::size_t q,
           const std::vector<std::string>& path, std::size_t p) {
    if (q == query.size()) return true;
    if (p == path.size()) return false;
    if (query[q] == path[p]) return leads(query, q + 1, path, p + 1);
    if (!is_pattern(path[p])) return false;
    if (path[p] == "<n>") {  // an index, or left out
        return path_index(query[q]) >= 0 ? leads(query, q + 1, path, p + 1)
                                         : leads(query, q, path, p + 1);
    }
    const std::string word = path[p].substr(1, path[p].size() - 2);
    if (query[q] == word || query[q] == word + "s" ||
        query[q] == word + "es") {  // host, hosts, hosts.0
        const bool indexed = q + 1 < query.size() && path_index(query[q + 1]) >= 0;
        return leads(query, q + (indexed ? 2 : 1), path, p + 1);
    }
    const bool section = p == 0 && Scenario::params().find(query[q]) != nullptr;
    return query.size() > 1 && !section && leads(query, q + 1, path, p + 1);  // host0
}

}  // namespace

std::vector<ListedParam> list_params() {
    std::vector<ListedParam> out;
    walk_rows(Scenario::params(), {},
              [&](const std::string& path, const Row& row, const std::string& condition) {
                  out.push_back({path, &row, condition});
              });
    return out;
}

bool lies_below(const std::string& path, const std::string& query) {
    return query.empty() || leads(split_path(query), 0, split_path(path), 0);
}

}  // namespace snsim
