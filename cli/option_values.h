#pragma once
// What the texts of an option mean: one reading for each type that a member of a command's options may have. All throw
// kUsage, which begins with the name of the option and quotes what was given.
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/enum_names.h"
#include "core/service/field.h"

namespace kms::cli {

struct OptionRule;

// How often an option was given, and with what: at least one text.
struct GivenTexts {
  std::string_view option;  // "--key-id"
  const std::vector<std::string>& texts;

  const std::string& last() const { return texts.back(); }
};

struct ByteCount {
  std::int64_t bytes = 0;
};
struct FileMode {
  mode_t bits = 0;
};

[[noreturn]] void refuse_value(const GivenTexts& given, std::string_view wanted);

void read_option(const GivenTexts& given, std::string& value, const OptionRule& rule);
void read_option(const GivenTexts& given, std::vector<std::string>& value, const OptionRule& rule);
void read_option(const GivenTexts& given, bool& value, const OptionRule& rule);
void read_option(const GivenTexts& given, std::int32_t& value, const OptionRule& rule);
void read_option(const GivenTexts& given, std::int64_t& value, const OptionRule& rule);
void read_option(const GivenTexts& given, TextMap& value, const OptionRule& rule);               // KEY=VALUE each
void read_option(const GivenTexts& given, std::chrono::seconds& value, const OptionRule& rule);  // 15m, 1h, 90s, 900
void read_option(const GivenTexts& given, std::chrono::days& value, const OptionRule& rule);     // 90d, 12w, 90
void read_option(const GivenTexts& given, ByteCount& value, const OptionRule& rule);  // 10G, 64M, 512K, of 1024; 4096
void read_option(const GivenTexts& given, FileMode& value, const OptionRule& rule);   // 0640, in octal
void read_option(const GivenTexts& given, Time& value, const OptionRule& rule);

template <NamedEnum E>
void read_option(const GivenTexts& given, E& value, const OptionRule& /*rule*/) {
  value = from_text<E>(given.last()).value();  // the parser lets no other text through
}

template <class T>
void read_option(const GivenTexts& given, std::optional<T>& value, const OptionRule& rule) {
  read_option(given, value.emplace(), rule);
}

// Of a type, what help calls its values; empty for text, whose name says more (value_words.h).
template <class T>
inline constexpr std::string_view kTypeWord = "";
template <class T>
inline constexpr std::string_view kTypeWord<std::optional<T>> = kTypeWord<T>;
template <>
inline constexpr std::string_view kTypeWord<std::int32_t> = "NUMBER";
template <>
inline constexpr std::string_view kTypeWord<std::int64_t> = "NUMBER";
template <>
inline constexpr std::string_view kTypeWord<TextMap> = "KEY=VALUE";
template <>
inline constexpr std::string_view kTypeWord<std::chrono::seconds> = "DURATION";
template <>
inline constexpr std::string_view kTypeWord<std::chrono::days> = "DURATION";
template <>
inline constexpr std::string_view kTypeWord<ByteCount> = "BYTES";
template <>
inline constexpr std::string_view kTypeWord<FileMode> = "MODE";
template <>
inline constexpr std::string_view kTypeWord<Time> = "TIME";

}  // namespace kms::cli
