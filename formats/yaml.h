#pragma once
// YAML as far as it says what JSON says. formats/yaml_*.cc alone know libyaml. What libyaml copies of the texts that it
// reads is not wiped.
#include <string>
#include <string_view>

#include "core/base/json.h"
#include "core/base/ordered_json.h"

namespace kms::formats {

// In blocks, as `aws --output yaml` writes: the members of an object by their names, texts that YAML 1.2 would take for
// something else in quotes. Those with control characters or marks of direction stand in double quotes, where
// escape_controls() changes their spelling alone. What is no UTF-8 is replaced.
std::string write_yaml(const OrderedJson& value);

// The one document of a text, also of one that strangers wrote; !!binary becomes a blob, a time stays a text. Takes no
// aliases, no anchors, no other tags, no plain scalars that readers disagree on; names of members are texts, each
// stands once; depth, values and size are bounded. Throws kUsage, which begins with `name` and says the line.
Json read_yaml(std::string_view text, std::string_view name);

std::string yaml_version();  // of libyaml, as it names it

}  // namespace kms::formats
