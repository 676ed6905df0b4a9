#pragma once
// A member of a request or a response, as its struct declares it in fields(visitor):
//   visit("AliasName", alias_name, {.required = true, .min = 1, .max = 256, .help = "alias/ and a name"});
// One declaration serves every visitor: the JSON reader, the command line, and what prints manuals and completions.
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/enum_names.h"
#include "core/base/json.h"
#include "core/base/secret_bytes.h"

namespace kms {

struct Pattern {
  std::string_view regex;  // as messages quote it
  bool (*matches)(std::string_view text);
};

// The bounds of members whose rule gives none. Nothing that a caller sends is read beyond its bound, whoever it is.
inline constexpr std::int64_t kLongestText = 131072;  // characters, or bytes of a blob
inline constexpr std::int64_t kLongestList = 1000;    // elements
inline constexpr std::int64_t kLongestMap = 8192;     // characters of all names and values: AWS's limit for an
                                                      // encryption context
inline constexpr std::int64_t kNoBound = std::numeric_limits<std::int64_t>::max();

// Of an operation that asks for two permissions, the one that a member belongs to.
enum class Half : std::uint8_t { kBoth, kFirst, kSecond };

// What a member is to policies. A sensitive one is nothing to them, whatever it says here.
enum class ConditionKind : std::uint8_t {
  kNone,
  kValue,       // the value of the key; of a list, its values
  kContext,     // an encryption context: kms:EncryptionContext:NAME, and kms:EncryptionContextKeys
  kConstraint,  // one that a grant asks for; `key` has the name of the member
  kTags,        // aws:RequestTag/NAME, and aws:TagKeys
  kAlias,       // kms:RequestAlias, when a key is named by one
  kNever,       // a key of AWS's that no request here has
};
struct Condition {
  ConditionKind kind = ConditionKind::kNone;
  std::string_view key = {};
  Half half = Half::kBoth;
};
constexpr Condition value_of(std::string_view key, Half half = Half::kBoth) {
  return {ConditionKind::kValue, key, half};
}

struct Rule {
  bool required = false;
  std::int64_t min = std::numeric_limits<std::int64_t>::min();  // of the length or the number
  std::int64_t max = kNoBound;                                  // of a map, of all names and values together
  const Pattern* pattern = nullptr;
  bool sensitive = false;  // messages leave the value out
  std::string_view help = {};
  bool document = false;  // a JSON object as text: a command line may name a file that holds it
  Condition condition = {};

  constexpr std::int64_t max_or(std::int64_t usual) const { return max == kNoBound ? usual : max; }
};

// A text that is secret, as a password: never a std::string.
struct SecretText {
  SecretBytes bytes;
  bool empty() const { return bytes.empty(); }
};

using TextMap = std::map<std::string, std::string>;  // an encryption context

template <class T>
concept HasFields = requires(T& value, int& visitor) {
  value.fields(visitor);
};

// How a member is given on a command line.
enum class FieldKind : std::uint8_t {
  kText,
  kFlag,
  kInteger,
  kTimestamp,
  kBlob,
  kTextList,
  kTextMap,
  kStructure,
  kStructureList,
  kDocument,  // JSON of any form; of answers alone
};

template <class T>
struct KindOf {
  static constexpr FieldKind kKind = HasFields<T> ? FieldKind::kStructure : FieldKind::kText;
};
template <>
struct KindOf<bool> {
  static constexpr FieldKind kKind = FieldKind::kFlag;
};
template <>
struct KindOf<std::int32_t> {
  static constexpr FieldKind kKind = FieldKind::kInteger;
};
template <>
struct KindOf<std::int64_t> {
  static constexpr FieldKind kKind = FieldKind::kInteger;
};
template <>
struct KindOf<Time> {
  static constexpr FieldKind kKind = FieldKind::kTimestamp;
};
template <>
struct KindOf<SecretBytes> {
  static constexpr FieldKind kKind = FieldKind::kBlob;
};
template <>
struct KindOf<Bytes> {
  static constexpr FieldKind kKind = FieldKind::kBlob;
};
template <>
struct KindOf<JsonBox> {
  static constexpr FieldKind kKind = FieldKind::kDocument;
};
template <>
struct KindOf<TextMap> {
  static constexpr FieldKind kKind = FieldKind::kTextMap;
};
template <class T>
struct KindOf<std::vector<T>> {
  static constexpr FieldKind kKind = HasFields<T> ? FieldKind::kStructureList : FieldKind::kTextList;
};
template <>
struct KindOf<std::vector<JsonBox>> : KindOf<JsonBox> {};
template <class T>
struct KindOf<std::optional<T>> : KindOf<T> {};

// The type that a member is made of, without the list or the option around it.
template <class T>
struct ElementOf {
  using Type = T;
};
template <class T>
struct ElementOf<std::vector<T>> : ElementOf<T> {};
template <class T>
struct ElementOf<std::optional<T>> : ElementOf<T> {};

struct Field {
  std::string_view name;  // AWS spelling
  FieldKind kind;
  bool required;
  bool sensitive;
  std::string_view help;
  std::vector<std::string_view> values;  // of an enum, or of a list of enums
  std::vector<Field> members;            // of a structure, or of a list of structures
  Rule rule = {};
  Rule item = {};  // of the elements of a list
};

class FieldLister {  // a visitor
 public:
  template <class T>
  void operator()(std::string_view name, const T& /*member*/, const Rule& rule, const Rule& item = {}) {
    using Element = typename ElementOf<T>::Type;
    Field field{name, KindOf<T>::kKind, rule.required, rule.sensitive || item.sensitive, rule.help, {}, {}, rule, item};
    if constexpr (NamedEnum<Element>) {
      for (const auto& entry : EnumNames<Element>::kAll) field.values.push_back(entry.second);
    } else if constexpr (HasFields<Element>) {
      FieldLister nested;
      Element{}.fields(nested);
      field.members = std::move(nested.fields);
    }
    fields.push_back(std::move(field));
  }
  std::vector<Field> fields;
};

// The members of a request or a response. Listed once, when they are first asked for: most commands ask about one
// operation only.
template <HasFields Struct>
const std::vector<Field>& fields_of() {
  static const std::vector<Field> listed = [] {
    FieldLister lister;
    Struct{}.fields(lister);
    return std::move(lister.fields);
  }();
  return listed;
}

constexpr Rule with_help(Rule rule, std::string_view help) {
  rule.help = help;
  return rule;
}
constexpr Rule with_condition(Rule rule, const Condition& condition) {
  rule.condition = condition;
  return rule;
}

// What a front end needs to know of an operation.
struct OperationInfo {
  std::string_view name;     // AWS spelling
  std::string_view summary;  // one line, no period
  const std::vector<Field>& (*fields)();
  const std::vector<Field>& (*answer)();  // the members of what it answers
};

}  // namespace kms
