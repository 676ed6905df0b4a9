#include "core/crypto/versions.h"

#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <openssl/crypto.h>
#include <sodium.h>

#include <cstddef>
#include <utility>

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/time_text.h"

namespace kms::crypto {
namespace {

constexpr std::string_view kBuilt = "built on: ";

// "built on: Fri Apr  3 12:29:32 2026 UTC", as OpenSSL's build writes it in the C locale.
std::optional<Time> time_in(std::string_view text) {
  if (!text.starts_with(kBuilt)) return std::nullopt;
  text.remove_prefix(kBuilt.size());
  return parse_c_time(text.substr(0, text.find('\0')));  // the library has it as a string of C
}

// Of "OpenSSL 3.0.19 27 Jan 2026": other texts of the library that begin so go on without a number.
std::string version_in(std::string_view contents) {
  constexpr std::string_view kName = "OpenSSL ";
  for (std::size_t at = contents.find(kName); at != std::string_view::npos; at = contents.find(kName, at + 1)) {
    const std::string_view rest = contents.substr(at + kName.size());
    const std::string_view number = rest.substr(0, rest.find_first_not_of("0123456789."));
    if (number.find('.') != std::string_view::npos) return std::string(number);
  }
  return {};
}

}  // namespace

std::string openssl_version() {
  return OpenSSL_version(OPENSSL_VERSION_STRING);
}

std::string sodium_version() {
  return sodium_version_string();
}

std::optional<OpensslBuild> openssl_build() {
  const auto built = time_in(OpenSSL_version(OPENSSL_BUILT_ON));
  return built ? std::optional(OpensslBuild{openssl_version(), *built}) : std::nullopt;
}

std::optional<OpensslBuild> openssl_build_in(std::string_view contents) {
  std::string version = version_in(contents);
  if (version.empty()) return std::nullopt;
  for (std::size_t at = contents.find(kBuilt); at != std::string_view::npos; at = contents.find(kBuilt, at + 1)) {
    if (const auto built = time_in(contents.substr(at))) return OpensslBuild{std::move(version), *built};
  }
  return std::nullopt;
}

std::optional<OpensslBuild> system_openssl_build() {
  Dl_info loaded{};
  if (dladdr(reinterpret_cast<const void*>(&gnu_get_libc_version), &loaded) == 0) return std::nullopt;
  constexpr std::size_t kLimit = 1U << 26U;
  const std::string path = cat(parent_directory(loaded.dli_fname), "/libcrypto.so.3");
  try {
    const UniqueFd file = open_for_reading(path);
    return openssl_build_in(as_text(read_all(file.get(), kLimit, path)));
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace kms::crypto
