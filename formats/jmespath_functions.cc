#include "formats/jmespath_functions.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"
#include "formats/jmespath_compare.h"
#include "formats/jmespath_error.h"
#include "formats/jmespath_library.h"

namespace kms::formats::jmespath {
namespace {

constexpr Types kNumber = 1;
constexpr Types kString = 2;
constexpr Types kBoolean = 4;
constexpr Types kNull = 8;
constexpr Types kObject = 16;
constexpr Types kArray = 32;
constexpr Types kNumbers = 64;   // an array of these
constexpr Types kStrings = 128;  // likewise
constexpr Types kReference = 256;
constexpr Types kAny = kNumber | kString | kBoolean | kNull | kObject | kArray;

constexpr Function kFunctions[] = {
    {.name = "abs", .first = kNumber, .run = absolute},
    {.name = "avg", .first = kNumbers, .run = average},
    {.name = "ceil", .first = kNumber, .run = round_up},
    {.name = "contains", .first = kArray | kString, .second = kAny, .run = contains},
    {.name = "ends_with", .first = kString, .second = kString, .run = ends_with},
    {.name = "floor", .first = kNumber, .run = round_down},
    {.name = "join", .first = kString, .second = kStrings, .run = join},
    {.name = "keys", .first = kObject, .run = names_of_members},
    {.name = "length", .first = kString | kArray | kObject, .run = length},
    {.name = "map", .first = kReference, .second = kArray, .run = map_items},
    {.name = "max", .first = kNumbers | kStrings, .run = greatest},
    {.name = "max_by", .first = kArray, .second = kReference, .run = greatest_by},
    {.name = "merge", .first = kObject, .takes_more = true, .run = merge},
    {.name = "min", .first = kNumbers | kStrings, .run = least},
    {.name = "min_by", .first = kArray, .second = kReference, .run = least_by},
    {.name = "not_null", .first = kAny, .takes_more = true, .run = first_not_null},
    {.name = "reverse", .first = kArray | kString, .run = reverse},
    {.name = "sort", .first = kNumbers | kStrings, .run = sort_items},
    {.name = "sort_by", .first = kArray, .second = kReference, .run = sort_items_by},
    {.name = "starts_with", .first = kString, .second = kString, .run = starts_with},
    {.name = "sum", .first = kNumbers, .run = sum},
    {.name = "to_array", .first = kAny, .run = to_array},
    {.name = "to_number", .first = kAny, .run = to_number},
    {.name = "to_string", .first = kAny, .run = to_string},
    {.name = "type", .first = kAny, .run = name_of_type},
    {.name = "values", .first = kObject, .run = values_of_members},
};

constexpr std::pair<Types, std::string_view> kTypeNames[] = {
    {kNumber, "a number"},
    {kString, "a string"},
    {kBoolean, "a boolean"},
    {kNull, "null"},
    {kObject, "an object"},
    {kArray, "an array"},
    {kNumbers, "an array of numbers"},
    {kStrings, "an array of strings"},
    {kReference, "an expression reference (&name)"},
};

Types bit_of(const OrderedJson& value) {
  if (value.is_number()) return kNumber;
  if (value.is_boolean()) return kBoolean;
  if (value.is_null()) return kNull;
  if (value.is_object()) return kObject;
  return value.is_array() ? kArray : kString;
}

std::string_view name_of_bit(Types type) {
  const auto* const found =
      std::find_if(std::begin(kTypeNames), std::end(kTypeNames), [&](const auto& row) { return row.first == type; });
  return found->second;
}

std::string names_of_bits(Types types) {
  std::string out;
  for (const auto& [type, name] : kTypeNames) {
    if ((types & type) != 0) out += cat(out.empty() ? "" : " or ", name);
  }
  return out;
}

// The first item that is not of the type, or null.
const OrderedJson* first_other(const OrderedJson& array, Types type) {
  const auto found =
      std::find_if(array.begin(), array.end(), [&](const OrderedJson& item) { return bit_of(item) != type; });
  return found == array.end() ? nullptr : &*found;
}

bool fits(const Argument& argument, Types types) {
  if (argument.reference != nullptr) return (types & kReference) != 0;
  const OrderedJson& value = *argument.value;
  if ((types & bit_of(value)) != 0) return true;
  return value.is_array() && (((types & kNumbers) != 0 && first_other(value, kNumber) == nullptr) ||
                              ((types & kStrings) != 0 && first_other(value, kString) == nullptr));
}

// What an argument is that does not fit.
std::string description_of(const Argument& argument) {
  if (argument.reference != nullptr) return std::string(name_of_bit(kReference));
  const OrderedJson& value = *argument.value;
  if (!value.is_array() || value.empty()) return std::string(type_of(value));
  const Types type = bit_of(value.front());
  const OrderedJson* const other = first_other(value, type);
  return cat("an array with ", name_of_bit(type), other == nullptr ? "" : " and ",
             other == nullptr ? "" : type_of(*other));
}

}  // namespace

const Function* find_function(std::string_view name) {
  const auto* const found = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                         [&](const Function& function) { return function.name == name; });
  return found == std::end(kFunctions) ? nullptr : found;
}

std::size_t count_parameters(const Function& function) {
  return function.second == 0 ? 1 : 2;
}

Value call_function(Evaluation& evaluation, const Call& call, const std::vector<Argument>& arguments) {
  const Function& function = *call.function;
  const Invocation invocation(evaluation, call, arguments);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Types types = i == 1 && !function.takes_more ? function.second : function.first;
    if (fits(arguments[i], types)) continue;
    invocation.fail(
        cat("argument ", std::to_string(i + 1), " is ", description_of(arguments[i]), ", not ", names_of_bits(types)));
  }
  return function.run(invocation);
}

std::string_view type_of(const OrderedJson& value) {
  return name_of_bit(bit_of(value));
}

OrderedJson Invocation::own(Value value) const {
  return evaluation_.own(std::move(value));
}

OrderedJson Invocation::own_part(std::size_t i, const OrderedJson& part) const {
  return own(value(i).part(part));
}

void Invocation::fail(std::string_view why) const {
  fail_at(call_.character, cat(call_.function->name, "(): ", why));
}

}  // namespace kms::formats::jmespath
