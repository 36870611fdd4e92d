#include "models/base/value_tree.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace snsim {

std::string Origin::text() const {
    if (source == nullptr) return "default";
    if (line == 0) return source->name;
    return source->name + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::string Origin::short_text() const {
    if (source == nullptr) return "default";
    if (line == 0 || !source->is_file) return source->name;
    return source->name + ":" + std::to_string(line);
}

Origin labelled(std::string label, std::string directory, int rank) {
    return {
        std::make_shared<const Source>(Source{std::move(label), std::move(directory), rank, false}),
        0, 0};
}

Node Node::scalar(std::string text, Origin origin) {
    Node node;
    node.kind = Kind::scalar;
    node.text = std::move(text);
    node.origin = std::move(origin);
    return node;
}

Node Node::list(std::vector<Node> items, Origin origin) {
    Node node;
    node.kind = Kind::list;
    node.items = std::move(items);
    node.origin = std::move(origin);
    return node;
}

Node Node::map(std::vector<Entry> entries, Origin origin) {
    Node node;
    node.kind = Kind::map;
    node.entries = std::move(entries);
    node.origin = std::move(origin);
    return node;
}

const Entry* Node::entry(std::string_view key) const {
    if (kind != Kind::map) return nullptr;
    const auto it =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; });
    return it == entries.end() ? nullptr : &*it;
}

const Node* Node::find(std::string_view key) const {
    const Entry* found = entry(key);
    return found == nullptr ? nullptr : &found->value;
}

Node* Node::find(std::string_view key) {
    return const_cast<Node*>(static_cast<const Node*>(this)->find(key));
}

Node& Node::set(const std::string& key, Node value, const Origin& key_origin) {
    if (kind == Kind::null) kind = Kind::map;
    if (Node* existing = find(key)) {
        *existing = std::move(value);
        return *existing;
    }
    entries.push_back({key, key_origin, std::move(value)});
    return entries.back().value;
}

std::string_view Node::name() const {
    const Node* found = find("name");
    return found != nullptr && found->is_scalar() ? std::string_view(found->text)
                                                  : std::string_view();
}

std::string Node::flow() const {
    std::string out;
    switch (kind) {
        case Kind::null: return "null";
        case Kind::scalar: return quoted ? scalar_text(text) : text;
        case Kind::list:
            for (const Node& item : items) out += (out.empty() ? "" : ", ") + item.flow();
            return "[" + out + "]";
        case Kind::map:
            for (const Entry& e : entries) {
                out += (out.empty() ? "" : ", ") + e.key + ": " + e.value.flow();
            }
            return "{" + out + "}";
    }
    return out;
}

std::string Node::described() const {
    switch (kind) {
        case Kind::null: return "nothing";
        case Kind::scalar: return "'" + text + "'";
        case Kind::list: return "a list";
        case Kind::map: return "a map of keys";
    }
    return {};
}

Node merge(Node base, const Node& over) {
    if (!base.is_map() || !over.is_map()) return over;
    base.origin = over.origin;
    for (const Entry& e : over.entries) {
        if (Node* below = base.find(e.key)) {
            *below = merge(std::move(*below), e.value);
            const auto it = std::find_if(base.entries.begin(), base.entries.end(),
                                         [&](const Entry& b) { return b.key == e.key; });
            it->origin = e.origin;
        } else {
            base.entries.push_back(e);
        }
    }
    return base;
}

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> steps;
    std::size_t from = 0;
    while (true) {
        const auto dot = path.find('.', from);
        steps.emplace_back(path.substr(from, dot - from));
        if (dot == std::string_view::npos) return steps;
        from = dot + 1;
    }
}

std::string join_path(std::string_view parent, std::string_view step) {
    if (parent.empty()) return std::string(step);
    return std::string(parent) + "." + std::string(step);
}

int path_index(std::string_view step) {
    int index = -1;
    if (step.empty() || step.front() < '0' || step.front() > '9') return -1;
    if (step.size() > 1 && step.front() == '0') return -1;  // 010 is 8 to some
    const auto [end, ec] = std::from_chars(step.data(), step.data() + step.size(), index);
    return ec == std::errc{} && end == step.data() + step.size() ? index : -1;
}

namespace {

const Node* named(const Node& list, std::string_view name) {
    for (const Node& item : list.items) {
        if (!name.empty() && item.name() == name) return &item;
    }
    return nullptr;
}

const Node* step_into(const Node& node, const std::string& step) {
    if (node.is_list()) {
        const int index = path_index(step);
        if (index >= 0) {
            const auto at = static_cast<std::size_t>(index);
            return at < node.items.size() ? &node.items[at] : nullptr;
        }
        return named(node, step);
    }
    if (const Node* value = node.find(step)) return value;
    for (const Entry& e : node.entries) {
        if (e.value.is_list()) {
            if (const Node* element = named(e.value, step)) return element;
        }
    }
    return nullptr;
}

}  // namespace

const Node* find_path(const Node& root, std::string_view path) {
    const Node* node = &root;
    if (path.empty()) return node;
    for (const std::string& step : split_path(path)) {
        node = step_into(*node, step);
        if (node == nullptr) return nullptr;
    }
    return node;
}

Node* find_path(Node& root, std::string_view path) {
    return const_cast<Node*>(find_path(static_cast<const Node&>(root), path));
}

std::string scalar_text(std::string_view text) {
    static constexpr std::array<std::string_view, 12> words{
        "null", "Null", "NULL", "~", "true", "false", "yes", "no", "on", "off", "y", "n"};
    const bool special =
        text.empty() || text.front() == ' ' || text.back() == ' ' ||
        std::string_view("-?:,[]{}#&*!|>'\"%@`").find(text.front()) != std::string_view::npos ||
        text.find_first_of(",[]{}\n\t") != std::string_view::npos ||
        text.find(": ") != std::string_view::npos || text.back() == ':' ||
        text.find(" #") != std::string_view::npos ||
        std::find(words.begin(), words.end(), text) != words.end();
    if (!special) return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else {
            out += c;
        }
    }
    return out + "\"";
}

}  // namespace snsim
