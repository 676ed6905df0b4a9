#include "cli/agent/libraries.h"

#include "core/base/clock.h"
#include "core/base/text.h"
#include "formats/gzip.h"
#include "formats/yaml.h"
#include "vault/engine/lmdb_version.h"

namespace kms::agent {

TextMap libraries() {
  return {{"OpenSSL", crypto::openssl_version()},
          {"libsodium", crypto::sodium_version()},
          {"LMDB", vault::text_of(vault::lmdb_in_use())},
          {"libyaml", formats::yaml_version()},
          {"zlib", formats::zlib_in_use()}};
}

std::optional<std::string> outdated_openssl(const std::optional<crypto::OpensslBuild>& used,
                                            const std::optional<crypto::OpensslBuild>& system) {
  if (!used || !system || system->built <= used->built) return std::nullopt;
  return cat("warning: the OpenSSL in kmsctl (", used->version, ", built ", iso_seconds(used->built),
             ") is older than this system's (", system->version, ", built ", iso_seconds(system->built),
             "): build kmsctl anew");
}

std::optional<std::string> outdated_openssl() {
  return outdated_openssl(crypto::openssl_build(), crypto::system_openssl_build());
}

}  // namespace kms::agent
