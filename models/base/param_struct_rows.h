// The typed rows of lists and alternatives behind the builders of params.h.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "models/base/param_row.h"

namespace snsim::detail {

template <class T>
class ListRow : public List {
  public:
    ListRow(std::string row_key, std::string row_meaning)
        : List(Kind::list, std::move(row_key), std::move(row_meaning)) {}

    void resize(void* list, std::size_t size) const override {
        static_cast<std::vector<T>*>(list)->resize(size);
    }
    [[nodiscard]] std::size_t size(const void* list) const override {
        return static_cast<const std::vector<T>*>(list)->size();
    }
    [[nodiscard]] void* element(void* list, std::size_t index) const override {
        return &(*static_cast<std::vector<T>*>(list))[index];
    }
};

template <class Alt, class... Ts>
class AlternativeRow : public Alternative {
  public:
    using Alternative::Alternative;

    void* activate(void* variant) const override {
        return &static_cast<std::variant<Ts...>*>(variant)->template emplace<Alt>();
    }
    [[nodiscard]] const void* active(const void* variant) const override {
        return std::get_if<Alt>(static_cast<const std::variant<Ts...>*>(variant));
    }
};

}  // namespace snsim::detail
