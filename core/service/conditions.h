#pragma once
// What the members of a request are to policies: a visitor that makes condition keys of them, by their rules (field.h).
// What a request is beyond its members, it says in
//   void add_conditions(ConditionFiller& filler) const
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/enum_names.h"
#include "core/policy/request.h"
#include "core/service/field.h"

namespace kms {

class ConditionFiller {  // a visitor; for one request
 public:
  // A request of which no more is known: members that must be given count for nothing.
  struct Supposed {
    std::string_view key;
    const TextMap& encryption_context;
  };

  // Without `out`, nothing but the encryption context is looked for. `via_service`: a built-in service calls.
  ConditionFiller(policy::ConditionContext* out, Half half, bool via_service, const Supposed* supposed = nullptr)
      : out_(out), half_(half), via_service_(via_service), supposed_(supposed) {}

  template <class T>
  void operator()(std::string_view name, T& member, const Rule& rule, const Rule& item = {}) {
    if constexpr (HasFields<T>) {
      visit(member);
    } else {
      const Condition& condition = rule.condition;
      const bool other_half = condition.half != Half::kBoth && condition.half != half_;
      if (condition.kind == ConditionKind::kNone || other_half || rule.sensitive || item.sensitive) return;
      if (supposed_ != nullptr) return suppose(name, member, rule);
      add(name, member, condition);
    }
  }
  template <class T>
  void operator()(std::string_view name, std::optional<T>& member, const Rule& rule, const Rule& item = {}) {
    if (member) (*this)(name, *member, rule, item);
  }

  // All that a request says, by its members and beyond them.
  template <HasFields Request>
  void visit(Request& request) {
    request.fields(*this);
    if constexpr (requires { request.add_conditions(*this); }) {
      if (out_ != nullptr) request.add_conditions(*this);
    }
  }

  void set(std::string_view key, std::string value);
  bool via_service() const { return via_service_; }
  // Adds what pairs were found, and answers them; of constraints on the same name, the later one. To be called last.
  TextMap take_encryption_context();

 private:
  template <class T>
  void suppose(std::string_view name, T& member, const Rule& rule) {
    if constexpr (std::same_as<T, TextMap>) {
      if (rule.condition.kind == ConditionKind::kContext) return add_context(supposed_->encryption_context);
    } else if constexpr (std::same_as<T, std::string>) {
      if (rule.condition.kind == ConditionKind::kAlias) return add_alias(supposed_->key);
    }
    if (!rule.required) add(name, member, rule.condition);
  }

  template <class T>
  void add(std::string_view name, const T& member, const Condition& condition) {
    if constexpr (std::same_as<T, TextMap>) {
      if (condition.kind == ConditionKind::kConstraint) return add_constraint(condition.key, name, member);
      add_context(member);
    } else if (out_ == nullptr || condition.kind == ConditionKind::kNever) {
      return;
    } else if constexpr (std::same_as<T, std::string>) {
      if (condition.kind == ConditionKind::kAlias) return add_alias(member);
      if (!member.empty()) set(condition.key, member);
    } else if constexpr (requires { text_of(member); }) {
      set(condition.key, text_of(member));
    } else if constexpr (requires { add_list(member, condition); }) {
      add_list(member, condition);
    }
  }

  template <class T>
  void add_list(const std::vector<T>& members, const Condition& condition) {
    std::vector<std::string> values;
    for (const T& each : members) {
      if constexpr (requires { each.key.size() + each.value.size(); }) {
        set_tag(each.key, each.value);
        values.push_back(each.key);
      } else if constexpr (HasFields<T>) {
        return;  // of no service whose policies go by it
      } else {
        values.push_back(text_of(each));
      }
    }
    set_all(condition.kind == ConditionKind::kTags ? kTagKeys : condition.key, std::move(values));
  }

  static constexpr std::string_view kTagKeys = "aws:TagKeys";

  static const std::string& text_of(const std::string& value) { return value; }
  static std::string text_of(const Time& value);
  template <std::same_as<bool> T>
  static std::string text_of(T value) {
    return value ? "true" : "false";
  }
  template <NamedEnum E>
  static std::string text_of(E value) {
    return std::string(to_text(value));
  }
  static std::string text_of(const std::int32_t& value) { return std::to_string(value); }
  static std::string text_of(const std::int64_t& value) { return std::to_string(value); }

  void add_context(const TextMap& pairs);
  void add_alias(std::string_view reference);
  void add_constraint(std::string_view key, std::string_view name, const TextMap& pairs);
  void set_tag(std::string_view name, const std::string& value);
  void set_all(std::string_view key, std::vector<std::string> values);

  policy::ConditionContext* out_;
  Half half_;
  bool via_service_;
  const Supposed* supposed_;
  TextMap context_;
};

}  // namespace kms
