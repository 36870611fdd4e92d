#include "models/base/diagnostics.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <tuple>

namespace snsim {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

/// Insertions, deletions, replacements and swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::vector<std::size_t> next(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        next[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replace = row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            next[j] = std::min({replace, row[j] + 1, next[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                next[j] = std::min(next[j], before[j - 2] + 1);
            }
        }
        std::swap(before, row);
        std::swap(row, next);
    }
    return row[b.size()];
}

auto place(const Diagnostics::Error& e) {
    const Source* s = e.origin.source.get();
    return std::make_tuple(s == nullptr ? 1 << 30 : s->rank,
                           s == nullptr ? std::string_view() : std::string_view(s->name),
                           e.origin.line, e.origin.column);
}

}  // namespace

std::string Diagnostics::Error::text() const {
    std::string out = "error: ";
    if (origin.known()) out += origin.text() + ": ";
    if (!path.empty()) out += path + ": ";
    return out + message;
}

void Diagnostics::error(const Origin& origin, std::string_view path, std::string message) {
    Error e{origin, std::string(path), std::move(message)};
    const bool said = std::any_of(errors_.begin(), errors_.end(), [&](const Error& other) {
        return place(other) == place(e) && other.path == e.path && other.message == e.message;
    });
    if (!said) errors_.push_back(std::move(e));
}

std::vector<Diagnostics::Error> Diagnostics::sorted() const {
    auto out = errors_;
    std::stable_sort(out.begin(), out.end(),
                     [](const Error& a, const Error& b) { return place(a) < place(b); });
    return out;
}

std::string Diagnostics::text() const {
    std::string out;
    for (const Error& e : sorted()) out += e.text() + "\n";
    return out;
}

std::string nearest(std::string_view word, const std::vector<std::string>& choices) {
    const std::string small = lower(word);  // `CLIENTS` is meant as `clients`
    const std::string* best = nullptr;
    std::size_t least = std::max<std::size_t>(1, word.size() / 3);  // a slip per three letters
    for (const std::string& choice : choices) {
        const std::size_t distance = edit_distance(small, lower(choice));
        if (distance < choice.size() && (best == nullptr ? distance <= least : distance < least)) {
            best = &choice;
            least = distance;
        }
    }
    if (best != nullptr || word.size() < 3) return best == nullptr ? "" : *best;
    for (const std::string& choice : choices) {  // `frame` for `frame_size`
        if (choice.size() > word.size() && choice.compare(0, word.size(), word) == 0) return choice;
    }
    return {};
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& choices) {
    const std::string near = nearest(word, choices);
    return near.empty() ? std::string() : "; did you mean '" + near + "'?";
}

std::string listing(const std::vector<std::string>& words, std::string_view last) {
    constexpr std::size_t most = 24;
    if (words.empty()) return "nothing";
    if (words.size() > most) {
        std::vector<std::string> some(words.begin(), words.begin() + most - 1);
        some.push_back(std::to_string(words.size() - some.size()) + " more");
        return listing(some);
    }
    std::string out = words.front();
    for (std::size_t i = 1; i < words.size(); ++i) {
        out += i + 1 == words.size() ? " " + std::string(last) + " " : ", ";
        out += words[i];
    }
    return out;
}

}  // namespace snsim
