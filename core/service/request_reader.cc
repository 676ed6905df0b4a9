#include "core/service/request_reader.h"

#include <algorithm>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/json_text.h"
#include "core/base/time_text.h"

namespace kms {
namespace {

std::string_view token_name(const Json& value) {  // what AWS calls the token that it did not expect
  switch (value.type()) {
    case Json::value_t::string:
      return "STRING_VALUE";
    case Json::value_t::boolean:
      return value.get<bool>() ? "TRUE_VALUE" : "FALSE_VALUE";
    case Json::value_t::array:
      return "START_ARRAY";
    case Json::value_t::object:
      return "START_OBJECT";
    case Json::value_t::null:
      return "NULL_VALUE";
    default:
      return "NUMBER_VALUE";
  }
}

bool is_int64(const Json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max();
  return value.is_number_integer();
}

bool is_int32(const Json& value) {
  if (!value.is_number_integer()) return false;
  const auto number = value.get<double>();  // exact enough to compare, and wide enough for unsigned 64-bit values
  return number >= std::numeric_limits<std::int32_t>::min() && number <= std::numeric_limits<std::int32_t>::max();
}

}  // namespace

void Violations::add(std::string_view text) {
  constexpr std::size_t kMostShown = 4096;
  ++count_;
  if (count_ > 1 && shown_.size() + text.size() > kMostShown) {
    ++left_out_;
    return;
  }
  if (count_ > 1) shown_ += "; ";
  shown_ += text;
}

void Violations::throw_if_any() const {
  if (count_ == 0) return;
  std::string text = cat(std::to_string(count_), " validation error", count_ == 1 ? "" : "s", " detected: ", shown_);
  if (left_out_ > 0) text += cat("; and ", std::to_string(left_out_), " more");
  throw Error(ErrorCode::kValidation, text);
}

RequestReader::RequestReader(const Json& object, std::string prefix, Violations& violations, Json& audited)
    : object_(object), prefix_(std::move(prefix)), violations_(violations), audited_(audited) {
  require_type(object.is_object(), object, "a Structure");
}

void RequestReader::read(const Member& member, std::string& out) {
  require_type(member.value.is_string(), member.value, "a String");
  out = member.value.get<std::string>();
  if (!member.rule.sensitive) member.recorded = out;
  (void)check_length(member, shown(member, out), count_characters(out), kLongestText);
  const Pattern* pattern = member.rule.pattern;
  if (pattern != nullptr && !pattern->matches(out)) {
    violate(member.path, shown(member, out), cat("Member must satisfy regular expression pattern: ", pattern->regex));
  }
}

// The text itself stays in the document, which the front end wipes.
void RequestReader::read(const Member& member, SecretText& out) {
  require_type(member.value.is_string(), member.value, "a String");
  const auto& text = member.value.get_ref<const std::string&>();
  (void)check_length(member, /*shown=*/"", count_characters(text), kLongestText);
  const Pattern* pattern = member.rule.pattern;
  if (pattern != nullptr && !pattern->matches(text)) {
    violate(member.path, /*shown=*/"", cat("Member must satisfy regular expression pattern: ", pattern->regex));
  }
  out.bytes = SecretBytes::copy_of(as_bytes(text));
}

// Seconds since 1970, with a fraction.
void RequestReader::read(const Member& member, Time& out) {
  require_type(member.value.is_number(), member.value, "a Timestamp");
  const auto time = time_of_epoch_seconds(member.value.get<double>());
  if (!time) throw Error(ErrorCode::kSerialization, cat("'", member.path, "' is no time between 1970 and 9999"));
  out = *time;
  member.recorded = member.value;
}

void RequestReader::read(const Member& member, bool& out) {
  require_type(member.value.is_boolean(), member.value, "a Boolean");
  out = member.value.get<bool>();
  member.recorded = out;
}

void RequestReader::read(const Member& member, std::int32_t& out) {
  require_type(is_int32(member.value), member.value, "an Integer");
  out = member.value.get<std::int32_t>();
  member.recorded = out;
  (void)check_range(member, shown(member, std::to_string(out)), "value", out, kNoBound);
}

void RequestReader::read(const Member& member, std::int64_t& out) {
  require_type(is_int64(member.value), member.value, "a Long");
  out = member.value.get<std::int64_t>();
  member.recorded = out;
  (void)check_range(member, shown(member, std::to_string(out)), "value", out, kNoBound);
}

std::optional<std::size_t> RequestReader::blob_size(const Member& member) {
  require_type(member.value.is_string() || member.value.is_binary(), member.value, "a Blob");
  const std::size_t size = member.value.is_binary() ? member.value.get_binary().size()
                                                    : base64_decoded_size(member.value.get_ref<const std::string&>());
  if (!check_length(member, /*shown=*/"", size, kLongestText)) return std::nullopt;
  return size;
}

// What comes from this process is no text.
void RequestReader::read_blob(const Member& member, MutableBytes out) {
  if (member.value.is_binary()) {
    std::ranges::copy(member.value.get_binary(), out.begin());
  } else if (!decode_base64(member.value.get_ref<const std::string&>(), out)) {
    throw Error(ErrorCode::kSerialization, cat("'", member.path, "' is not valid base64"));
  }
}

// Straight from the body to the secure heap, and no further than the limit: a caller cannot exhaust that heap.
void RequestReader::read(const Member& member, SecretBytes& out) {
  const auto size = blob_size(member);
  if (!size) return;
  out = SecretBytes(*size);
  read_blob(member, out.reveal());
}

void RequestReader::read(const Member& member, Bytes& out) {
  const auto size = blob_size(member);
  if (!size) return;
  out.resize(*size);
  read_blob(member, out);
}

void RequestReader::read(const Member& member, TextMap& out) {
  require_type(member.value.is_object(), member.value, "a Map");
  const std::int64_t most = member.rule.max_or(kLongestMap);
  std::size_t length = 0;
  for (const auto& [key, value] : member.value.get_ref<const Json::object_t&>()) {
    // AWS takes a number for its text.
    require_type(value.is_string() || value.is_number(), value, "a String");
    std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    length += count_characters(key) + count_characters(text);
    if (static_cast<std::int64_t>(length) > most) {
      violate(member.path, /*shown=*/"",
              cat("Names and values must have length less than or equal to ", std::to_string(most), " together"));
      return;
    }
    out.emplace_hint(out.end(), key, std::move(text));
  }
  member.recorded = out;
}

void RequestReader::require_type(bool matches, const Json& value, std::string_view wanted) {
  if (matches) return;
  throw Error(ErrorCode::kSerialization, cat(token_name(value), " can not be converted to ", wanted));
}

std::string RequestReader::shown(const Member& member, std::string_view text) {
  constexpr std::size_t kMostShown = 512;
  if (member.rule.sensitive) return "";
  const std::string_view start = beginning_of(text, kMostShown);
  return cat("'", start, start.size() < text.size() ? "...' " : "' ");
}

bool RequestReader::check_length(const Member& member, std::string_view shown, std::size_t length, std::int64_t usual) {
  return check_range(member, shown, "length", static_cast<std::int64_t>(length), usual);
}

bool RequestReader::check_range(const Member& member, std::string_view shown, std::string_view measure,
                                std::int64_t value, std::int64_t usual) {
  const bool enough = value >= member.rule.min;
  const std::int64_t most = member.rule.max_or(usual);
  const auto must = [&](std::string_view how, std::int64_t bound) {
    violate(member.path, shown,
            cat("Member must have ", measure, " ", how, " than or equal to ", std::to_string(bound)));
  };
  if (!enough) must("greater", member.rule.min);
  if (value > most) must("less", most);
  return enough && value <= most;
}

void RequestReader::violate(std::string_view path, std::string_view shown, std::string_view constraint) {
  violations_.add(cat("Value ", shown, "at '", path, "' failed to satisfy constraint: ", constraint));
}

}  // namespace kms
