#include <algorithm>
#include <array>
#include <cmath>

#include "app/expression_node.h"
#include "models/base/measure.h"

namespace snsim {

namespace {

using NodePtr = std::shared_ptr<const Expression::Node>;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_char(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.'; }

/// Recursive descent: condition, comparison, sum, product, factor.
class Parser {
  public:
    Parser(std::string_view text, const Expression::Names& names) : text_(text), names_(names) {}

    NodePtr whole(bool condition) {
        NodePtr root = condition ? conjunction() : sum();
        skip_blanks();
        if (at_ == text_.size()) return root;
        const char* wanted = condition ? "'and' or the end" : "an operator or the end";
        throw ExpressionError{
            at_, "'" + std::string(text_.substr(at_)) + "' stands where " + wanted + " is wanted"};
    }

  private:
    /// Of what stands between the place of its first operand and here.
    [[nodiscard]] NodePtr node(Operation operation, std::size_t from,
                               std::vector<NodePtr> operands) const {
        auto out = std::make_shared<Expression::Node>();
        out->operation = operation;
        out->at = from;
        out->text = text_.substr(from, at_ - from);
        while (!out->text.empty() && out->text.back() == ' ') out->text.pop_back();
        out->operands = std::move(operands);
        return out;
    }
    [[nodiscard]] NodePtr node(Operation operation, const NodePtr& left, NodePtr right) const {
        return node(operation, left->at, {left, std::move(right)});
    }

    void skip_blanks() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) {
            ++at_;
        }
    }

    bool take(std::string_view token) {
        skip_blanks();
        if (text_.substr(at_, token.size()) != token) return false;
        const std::size_t end = at_ + token.size();
        if (is_letter(token.back()) && end < text_.size() && is_name_char(text_[end])) return false;
        at_ = end;
        return true;
    }

    NodePtr conjunction() {
        NodePtr left = comparison();
        while (take("and")) left = node(Operation::both, left, comparison());
        return left;
    }

    NodePtr comparison() {
        NodePtr left = sum();
        // The longer ones first.
        static constexpr std::array<std::pair<std::string_view, Operation>, 5> signs{
            {{"<=", Operation::at_most},
             {">=", Operation::at_least},
             {"==", Operation::equal},
             {"<", Operation::less},
             {">", Operation::more}}};
        for (const auto& [sign, operation] : signs) {
            if (take(sign)) return node(operation, left, sum());
        }
        throw ExpressionError{at_,
                              "a condition compares with <, <=, >, >= or ==, as in "
                              "'latency.p99 < 50 us'"};
    }

    NodePtr sum() {
        NodePtr left = product();
        for (;;) {
            if (take("+")) {
                left = node(Operation::add, left, product());
            } else if (take("-")) {
                left = node(Operation::subtract, left, product());
            } else {
                return left;
            }
        }
    }

    NodePtr product() {
        NodePtr left = factor();
        for (;;) {
            if (take("*")) {
                left = node(Operation::multiply, left, factor());
            } else if (take("/")) {
                left = node(Operation::divide, left, factor());
            } else {
                return left;
            }
        }
    }

    NodePtr factor() {
        skip_blanks();
        const std::size_t start = at_;
        if (++depth_ > deepest) throw ExpressionError{start, "is nested too deep"};
        NodePtr out;
        if (take("-")) {
            const NodePtr operand = factor();
            out = node(Operation::negate, start, {operand});
        } else if (take("(")) {
            auto inner = std::make_shared<Expression::Node>(*sum());
            close();
            inner->at = start;
            inner->text = text_.substr(start, at_ - start);
            out = std::move(inner);
        } else if (take("min(") || take("min (")) {
            out = function(Operation::min, start);
        } else if (take("max(") || take("max (")) {
            out = function(Operation::max, start);
        } else {
            out = at_ < text_.size() && is_digit(text_[at_]) ? quantity() : name();
        }
        --depth_;
        return out;
    }

    void close() {
        if (!take(")")) throw ExpressionError{at_, "a ')' is missing here"};
    }

    NodePtr function(Operation operation, std::size_t start) {
        std::vector<NodePtr> operands{sum()};
        while (take(",")) operands.push_back(sum());
        close();
        return node(operation, start, std::move(operands));
    }

    /// Digits, and a unit behind them if one is there.
    NodePtr quantity() {
        const std::size_t start = at_;
        while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.' ||
                                      text_[at_] == '_' || exponent_at(at_) > 0)) {
            at_ += std::max<std::size_t>(exponent_at(at_), 1);
        }
        const std::size_t digits_end = at_;
        std::size_t unit = at_;
        while (unit < text_.size() && text_[unit] == ' ') ++unit;
        std::size_t end = unit;
        if (unit < text_.size() && (is_letter(text_[unit]) || text_[unit] == '%')) {
            while (end < text_.size() && (is_letter(text_[end]) || text_[end] == '%')) ++end;
            if (text_.substr(unit, end - unit) == "and") end = unit;
        }
        // `/s` may belong to the unit, as in `5 M/s`, or be a division by something else.
        const bool per_second = end > unit && text_.substr(end, 2) == "/s" &&
                                (end + 2 == text_.size() || !is_name_char(text_[end + 2]));
        for (const std::size_t stop : {per_second ? end + 2 : end, end}) {
            at_ = stop == unit ? digits_end : stop;
            auto out = std::make_shared<Expression::Node>();
            out->operation = Operation::number;
            out->at = start;
            out->text = text_.substr(start, at_ - start);
            out->unit_as_written = at_ > unit ? text_.substr(unit, at_ - unit) : "";
            if (const auto measure = parse_measure(out->text)) {
                out->number = measure->si;
                out->unit = measure->unit;
                return out;
            }
            const auto digits = parse_number(text_.substr(start, digits_end - start));
            if (out->unit_as_written == "bit" && digits) {
                out->number = digits.value;
                out->unit = "bit";
                return out;
            }
        }
        throw ExpressionError{start, "'" + std::string(text_.substr(start, at_ - start)) +
                                         "' is neither a number nor a quantity, as in '50 us'"};
    }

    /// The `e-6` of `1e-6`, or the `e9` of `1e9`: how many bytes stand before the digits; else 0.
    [[nodiscard]] std::size_t exponent_at(std::size_t at) const {
        if (at + 1 >= text_.size() || (text_[at] != 'e' && text_[at] != 'E')) return 0;
        if (is_digit(text_[at + 1])) return 1;
        const bool sign = text_[at + 1] == '-' || text_[at + 1] == '+';
        return sign && at + 2 < text_.size() && is_digit(text_[at + 2]) ? 2 : 0;
    }

    NodePtr name() {
        const std::size_t start = at_;
        std::size_t end = at_;
        const auto stands_in_name = [&](std::size_t i) {
            return is_name_char(text_[i]) || (text_[i] == '-' && i > start);
        };
        while (end < text_.size() && stands_in_name(end)) ++end;
        if (end == start) {
            throw ExpressionError{start, start == text_.size()
                                             ? std::string("a value is missing at the end")
                                             : "'" + std::string(1, text_[start]) +
                                                   "' stands where a value is wanted"};
        }
        // What follows a '-' may belong to the name or not.
        for (std::size_t stop = end; stop > start;) {
            std::string name(text_.substr(start, stop - start));
            if (names_.known(name)) {
                at_ = stop;
                auto out = std::make_shared<Expression::Node>();
                out->operation = Operation::name;
                out->at = start;
                out->text = name;
                out->name = std::move(name);
                return out;
            }
            const auto minus = text_.substr(start, stop - start).rfind('-');
            if (minus == std::string_view::npos) break;
            stop = start + minus;
        }
        const std::string unknown(text_.substr(start, end - start));
        throw ExpressionError{start, "'" + unknown + "' is not known" + names_.hint(unknown)};
    }

    static constexpr int deepest = 100;

    std::string_view text_;
    const Expression::Names& names_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

double fold(Operation operation, double a, double b) {
    switch (operation) {
        case Operation::add: return a + b;
        case Operation::subtract: return a - b;
        case Operation::multiply: return a * b;
        case Operation::divide: return a / b;
        case Operation::min: return std::min(a, b);
        case Operation::max: return std::max(a, b);
        case Operation::less: return a < b ? 1 : 0;
        case Operation::at_most: return a <= b ? 1 : 0;
        case Operation::more: return a > b ? 1 : 0;
        case Operation::at_least: return a >= b ? 1 : 0;
        case Operation::equal: return a <= b && a >= b ? 1 : 0;
        case Operation::both: return a > 0 && b > 0 ? 1 : 0;
        default: return 0;
    }
}

/// `why` becomes what is missing.
std::optional<double> evaluate(const Expression::Node& node, const Expression::Values& values,
                               std::string& why) {
    if (node.operation == Operation::number) return node.number;
    std::optional<double> out;
    if (node.operation == Operation::name) {
        out = values(node.name);
        if (!out) why = node.name + " was not measured";
    }
    for (const NodePtr& operand : node.operands) {
        const auto next = evaluate(*operand, values, why);
        if (!next) return std::nullopt;
        out = out ? fold(node.operation, *out, *next) : *next;
    }
    if (!out) return std::nullopt;
    if (node.operation == Operation::negate) out = -*out;
    if (std::isfinite(*out)) return out;
    why = "'" + node.text + "' " +
          (node.operation == Operation::divide ? "divides by zero" : "is no finite number");
    return std::nullopt;
}

void collect(const Expression::Node& node, std::vector<std::string>& names) {
    if (node.operation == Operation::name &&
        std::find(names.begin(), names.end(), node.name) == names.end()) {
        names.push_back(node.name);
    }
    for (const NodePtr& operand : node.operands) collect(*operand, names);
}

}  // namespace

Expression Expression::number(std::string_view text, const Names& names) {
    return Expression(Parser(text, names).whole(false));
}

Expression Expression::condition(std::string_view text, const Names& names) {
    return Expression(Parser(text, names).whole(true));
}

std::optional<double> Expression::value(const Values& values, std::string* why) const {
    std::string reason;
    const auto out = evaluate(*root_, values, reason);
    if (why != nullptr) *why = reason;
    return out;
}

std::vector<std::string> Expression::names() const {
    std::vector<std::string> out;
    collect(*root_, out);
    return out;
}

std::optional<std::string> Expression::only_name() const {
    if (root_->operation != Operation::name) return std::nullopt;
    return root_->name;
}

}  // namespace snsim
