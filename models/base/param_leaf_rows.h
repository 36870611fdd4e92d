// The typed rows of single values behind the builders of params.h.
#pragma once

#include <algorithm>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

#include "models/base/diagnostics.h"
#include "models/base/param_row.h"

namespace snsim::detail {

template <class T>
struct Unwrap {
    using type = T;
    static constexpr bool optional = false;
};
template <class T>
struct Unwrap<std::optional<T>> {
    using type = T;
    static constexpr bool optional = true;
};
template <class T>
using Unwrapped = typename Unwrap<T>::type;

/// T, but not a place to deduce T from.
template <class T>
struct SameAs {
    using type = T;
};
template <class T>
using Same = typename SameAs<T>::type;

template <class P, class T>
[[nodiscard]] MemberAddress address(T P::*member) {
    return [member](void* object) -> void* { return &(static_cast<P*>(object)->*member); };
}

template <class P, class T>
[[nodiscard]] RowPtr finish(std::shared_ptr<Leaf> row, T P::*member, std::string source,
                            Witness witness) {
    row->member = address(member);
    row->source = std::move(source);
    row->witness = std::move(witness);
    return row;
}

/// A value of member type T, which may be optional.
template <class T>
class TypedRow : public Leaf {
  public:
    using V = Unwrapped<T>;

    TypedRow(std::string row_key, std::string row_meaning, T preset)
        : Leaf(Kind::leaf, std::move(row_key), std::move(row_meaning)), preset_(std::move(preset)) {
        if (optional()) absent_word = "none";
    }

    bool read(const Node& node, void* value, ValueErrors& errors) const final {
        if constexpr (Unwrap<T>::optional) {
            if (node.is_null() || (node.is_scalar() && node.text == absent_word)) {
                static_cast<T*>(value)->reset();
                return true;
            }
        }
        V read_value{};
        if (!read_one(node, read_value, errors)) return false;
        *static_cast<T*>(value) = std::move(read_value);
        return true;
    }
    void set_default(void* value) const final { *static_cast<T*>(value) = preset_; }
    [[nodiscard]] std::string print(const void* value) const final {
        return print_member(*static_cast<const T*>(value));
    }
    [[nodiscard]] std::string default_text() const final {
        return required ? std::string() : print_member(preset_);
    }
    [[nodiscard]] bool optional() const final { return Unwrap<T>::optional; }

  protected:
    virtual bool read_one(const Node& node, V& value, ValueErrors& errors) const = 0;
    [[nodiscard]] virtual std::string print_one(const V& value) const = 0;

  private:
    [[nodiscard]] std::string print_member(const T& member_value) const {
        if constexpr (Unwrap<T>::optional) {
            return member_value.has_value() ? print_one(*member_value) : absent_word;
        } else {
            return print_one(member_value);
        }
    }

    T preset_;
};

template <class T>
class ValueRow : public TypedRow<T> {
  public:
    using V = Unwrapped<T>;
    using TypedRow<T>::TypedRow;

    [[nodiscard]] std::string type() const override { return ValueText<V>::type(); }
    [[nodiscard]] SchemaType schema() const override { return schema_type<V>; }

  protected:
    bool read_one(const Node& node, V& value, ValueErrors& errors) const override {
        return ValueText<V>::parse(node, value, errors);
    }
    [[nodiscard]] std::string print_one(const V& value) const override {
        return ValueText<V>::print(value);
    }
};

/// The next smaller or larger value; false at the end of the type.
bool step(std::int64_t& value, int direction);
bool step(double& value, int direction);
inline bool step(Share& value, int direction) { return step(value.value, direction); }
template <class Tag>
bool step(Quantity<Tag>& value, int direction) {
    return step(value.value, direction);
}

template <class T>
class BoundedRow : public ValueRow<T> {
  public:
    using V = Unwrapped<T>;

    BoundedRow(std::string row_key, std::string row_meaning, T preset, V lower, V upper)
        : ValueRow<T>(std::move(row_key), std::move(row_meaning), std::move(preset)),
          lower_(lower),
          upper_(upper) {}

    [[nodiscard]] std::string lower_text() const override { return this->print_one(lower_); }
    [[nodiscard]] std::string upper_text() const override { return this->print_one(upper_); }
    [[nodiscard]] std::string below_text() const override { return outside(lower_, -1); }
    [[nodiscard]] std::string above_text() const override { return outside(upper_, 1); }

  protected:
    bool read_one(const Node& node, V& value, ValueErrors& errors) const override {
        if (!ValueRow<T>::read_one(node, value, errors)) return false;
        if (value < lower_) return errors.error(node, node.described() + " is too small");
        if (upper_ < value) return errors.error(node, node.described() + " is too large");
        return true;
    }

  private:
    [[nodiscard]] std::string outside(V bound, int direction) const {
        return step(bound, direction) ? this->print_one(bound) : std::string();
    }

    V lower_;
    V upper_;
};

template <class T>
class ChoiceRow : public TypedRow<T> {
  public:
    using V = Unwrapped<T>;
    using Words = std::vector<std::pair<std::string, V>>;

    ChoiceRow(std::string row_key, std::string row_meaning, T preset, Words words)
        : TypedRow<T>(std::move(row_key), std::move(row_meaning), std::move(preset)),
          words_(std::move(words)) {}

    [[nodiscard]] std::string type() const override { return "choice"; }
    [[nodiscard]] SchemaType schema() const override { return SchemaType::text; }
    [[nodiscard]] std::vector<std::string> choices() const override {
        std::vector<std::string> out;
        for (const auto& [word, meant] : words_) out.push_back(word);
        return out;
    }

  protected:
    bool read_one(const Node& node, V& value, ValueErrors& errors) const override {
        std::string text;
        if (!scalar_of(node, "a word", text, errors)) return false;
        for (const auto& [word, meant] : words_) {
            if (word == text) {
                value = meant;
                return true;
            }
        }
        if (std::find(this->planned.begin(), this->planned.end(), text) != this->planned.end()) {
            return errors.error(node, "'" + text + "' is not yet modelled");
        }
        return errors.error(node,
                            "'" + text + "' is not known here" + did_you_mean(text, choices()));
    }
    [[nodiscard]] std::string print_one(const V& value) const override {
        for (const auto& [word, meant] : words_) {
            if (meant == value) return word;
        }
        return {};
    }

  private:
    Words words_;
};

}  // namespace snsim::detail
