#include "models/system/yaml_reader.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "models/base/utf8.h"

namespace snsim {
namespace {

constexpr std::size_t most_copies = 200'000;  // aliases of aliases grow without bound

struct TooLarge {};

std::size_t count_nodes(const Node& node) {
    std::size_t count = 1;
    for (const Node& item : node.items) count += count_nodes(item);
    for (const Entry& entry : node.entries) count += count_nodes(entry.value);
    return count;
}

/// Builds the tree from parser events.
class TreeBuilder final : public YAML::EventHandler {
  public:
    TreeBuilder(std::shared_ptr<const Source> source, Diagnostics& diagnostics)
        : source_(std::move(source)), diagnostics_(diagnostics) {}

    [[nodiscard]] Node take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ == 2) {
            error(place(mark), "text after the end of the document; one file holds one document");
        }
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        Node node;
        node.origin = place(mark);
        add(std::move(node), anchor);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        Node node = Node::scalar(value, place(mark));
        node.quoted = tag == "!";
        check_tag(tag, node.origin);
        add(std::move(node), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) {
            error(place(mark), "an alias to a value that contains it");
            add(Node{}, 0);
            return;
        }
        copies_ += count_nodes(found->second);
        if (copies_ > most_copies) throw TooLarge{};
        add(Node(found->second), 0);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(Node::list({}, place(mark)), tag, anchor);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(Node::map({}, place(mark)), tag, anchor);
    }
    void OnMapEnd() override { close(); }

    [[nodiscard]] Origin place(const YAML::Mark& mark) const {
        if (!source_->is_file) return {source_, 0, 0};
        return {source_, mark.line + 1, mark.column + 1};
    }

  private:
    struct Open {
        Node node;
        YAML::anchor_t anchor;
        bool has_key = false;
        bool keep = true;  ///< the key was good; else its value is dropped
        std::string key;
        Origin key_origin;
    };

    void error(const Origin& origin, std::string message) {
        diagnostics_.error(origin, path(), std::move(message));
    }

    /// Where the parser stands: `clients.frame_size`, elements without a name by their index.
    [[nodiscard]] std::string path() const {
        std::vector<std::string> steps;
        for (std::size_t i = 0; i < open_.size(); ++i) {
            const Open& level = open_[i];
            if (level.node.is_map()) {
                if (level.has_key) steps.push_back(level.key);
                continue;
            }
            const bool below = i + 1 < open_.size();
            const std::string_view name = below ? open_[i + 1].node.name() : std::string_view();
            if (!name.empty() && !steps.empty()) {
                steps.back() = name;
            } else {
                steps.push_back(std::to_string(level.node.items.size()));
            }
        }
        std::string out;
        for (const std::string& step : steps) out = join_path(out, step);
        return out;
    }

    void check_tag(const std::string& tag, const Origin& origin) {
        if (!tag.empty() && tag != "?" && tag != "!") {
            error(origin, "tag '" + tag + "' has no meaning here; leave it out");
        }
    }

    void open(Node node, const std::string& tag, YAML::anchor_t anchor) {
        check_tag(tag, node.origin);
        open_.push_back({std::move(node), anchor, false, true, {}, {}});
    }

    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        add(std::move(done.node), done.anchor);
    }

    void add(Node node, YAML::anchor_t anchor) {
        if (anchor != 0) anchors_[anchor] = node;
        if (open_.empty()) {
            if (documents_ <= 1) root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        if (parent.node.is_list()) {
            parent.node.items.push_back(std::move(node));
        } else if (!parent.has_key) {
            take_key(parent, node);
        } else {
            if (parent.keep) {
                parent.node.entries.push_back(
                    {std::move(parent.key), parent.key_origin, std::move(node)});
            }
            parent.has_key = false;
        }
    }

    void take_key(Open& parent, const Node& node) {
        parent.has_key = true;
        parent.keep = false;
        parent.key = node.text;
        parent.key_origin = node.origin;
        if (!node.is_scalar()) {
            error(node.origin, "a key must be text, not " + node.described());
        } else if (node.text == "<<" && !node.quoted) {
            error(node.origin,
                  "merge keys (<<) are not supported; repeat the keys or use a profile");
        } else if (const Entry* first = parent.node.entry(node.text)) {
            const std::string where =
                first->origin.line > 0
                    ? " (first on line " + std::to_string(first->origin.line) + ")"
                    : std::string();
            error(node.origin, "duplicate key '" + node.text + "'" + where);
        } else {
            parent.keep = true;
        }
    }

    std::shared_ptr<const Source> source_;
    Diagnostics& diagnostics_;
    Node root_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Node> anchors_;
    std::size_t copies_ = 0;  // values that stand in the tree because of aliases
    int documents_ = 0;
};

/// Reports a tab in a line's indentation; YAML forbids it and parsers say it in odd ways.
bool indented_by_tab(const std::string& text, const TreeBuilder& builder,
                     Diagnostics& diagnostics) {
    std::istringstream lines(text);
    std::string line;
    bool found = false;
    for (int number = 0; std::getline(lines, line); ++number) {
        const auto end = line.find_first_not_of(" \t\r");
        const auto tab = line.find('\t');
        if (end == std::string::npos || tab == std::string::npos || tab > end) continue;
        YAML::Mark mark;
        mark.line = number;
        mark.column = static_cast<int>(tab);
        diagnostics.error(builder.place(mark), {}, "a tab in the indentation; use spaces");
        found = true;
    }
    return found;
}

/// Reports the first byte that is no text; what is stored with the results must be UTF-8.
bool holds_text(const std::string& text, const TreeBuilder& builder, Diagnostics& diagnostics) {
    YAML::Mark mark;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_length(std::string_view(text).substr(at));
        const auto byte = static_cast<unsigned char>(text[at]);
        const bool control =
            byte == 0x7f || (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r');
        if (length == 0 || control) {
            constexpr char digits[] = "0123456789abcdef";
            const std::string hex = {'0', 'x', digits[byte >> 4U], digits[byte & 15U]};
            diagnostics.error(builder.place(mark), {},
                              control
                                  ? "a control character (" + hex + ")"
                                  : "the byte " + hex + " is not UTF-8; save the text as UTF-8");
            return false;
        }
        at += length;
        ++mark.column;
        if (byte == '\n') {
            ++mark.line;
            mark.column = 0;
        }
    }
    return true;
}

/// yaml-cpp's messages in the words of a scenario's author.
std::string explained(const std::string& message) {
    if (message == "end of map flow not found") return "a '{' without its '}'";
    if (message == "end of sequence flow not found") return "a '[' without its ']'";
    if (message == "end of map not found") return "wrong indentation, or a key without its colon";
    if (message == "end of sequence not found") {
        return "wrong indentation in a list, or an element without its dash";
    }
    if (message == "illegal map value") {
        return "a second ': ' on the line; quote the text or break the line";
    }
    if (message == "bad file") return "values nested too deep";
    if (message == "unknown token") return "a character no YAML value starts with; quote the text";
    return message;
}

Node read(const std::string& text, std::shared_ptr<const Source> source, Diagnostics& diagnostics) {
    TreeBuilder builder(std::move(source), diagnostics);
    if (!holds_text(text, builder, diagnostics)) return {};
    if (indented_by_tab(text, builder, diagnostics)) return {};
    try {
        std::istringstream input(text);
        YAML::Parser parser(input);
        // At most two: after text like `, a` the parser finds empty documents for ever.
        if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
    } catch (const YAML::Exception& e) {
        diagnostics.error(builder.place(e.mark), {}, "YAML: " + explained(e.msg));
        return {};
    } catch (const TooLarge&) {
        diagnostics.error(builder.place(YAML::Mark()), {}, "aliases multiply to too many values");
        return {};
    }
    return builder.take();
}

}  // namespace

Node read_yaml(const std::string& text, std::shared_ptr<const Source> source,
               Diagnostics& diagnostics) {
    return read(text, std::move(source), diagnostics);
}

Node read_yaml_value(const std::string& text, const Origin& origin, Diagnostics& diagnostics) {
    Node node = read(text, origin.source, diagnostics);
    if (node.is_null()) node.origin = origin;
    return node;
}

Node YamlFiles::read(const std::string& path, const std::string& name, int rank,
                     Diagnostics& diagnostics, bool& read_it) {
    namespace fs = std::filesystem;
    if (const auto known = trees_.find(path); known != trees_.end()) {
        const Source& source = *known->second.origin.source;
        read_it = source.name == name && source.rank == rank;
        if (read_it) return known->second;
    }
    if (texts_.count(path) == 0) {
        std::ifstream file(path, std::ios::binary);
        std::ostringstream text;
        read_it =
            file.is_open() && !fs::is_directory(path) && (text << file.rdbuf() || !file.bad());
        if (!read_it) return {};
        texts_[path] = text.str();
    }
    read_it = true;
    const auto directory = fs::path(path).parent_path();
    auto source = std::make_shared<const Source>(
        Source{name, directory.empty() ? "." : directory.string(), rank, true});
    const std::size_t errors = diagnostics.size();
    Node node = read_yaml(texts_[path], source, diagnostics);
    if (!node.origin.known()) node.origin = {std::move(source), 1, 1};
    if (diagnostics.size() == errors) trees_[path] = node;
    return node;
}

const std::string& YamlFiles::text(const std::string& path) const {
    static const std::string none;
    const auto known = texts_.find(path);
    return known == texts_.end() ? none : known->second;
}

}  // namespace snsim
