// Versions of the libraries in use, and the warning that one of them is older than the system's.
#include "cli/agent/libraries.h"

#include <doctest/doctest.h>
#include <lmdb.h>
#include <openssl/opensslv.h>
#include <sodium/version.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/text.h"

using namespace std::chrono_literals;
using kms::agent::outdated_openssl;
using kms::crypto::openssl_build_in;
using kms::crypto::OpensslBuild;

namespace {

// What stands around the two texts in a library.
std::string library(std::string_view version, std::string_view built) {
  const std::string nul(1, '\0');
  return kms::cat("OpenSSL is not a version", nul, "built on: ", nul, "OpenSSL ", version, " 1 Jan 2027", nul,
                  "built on: ", built, nul, "OpenSSL 9.9.9 9 Sep 2099", nul);
}

}  // namespace

TEST_SUITE("agent/libraries") {
  TEST_CASE("they are those that were compiled against") {
    const kms::TextMap libraries = kms::agent::libraries();
    CHECK(libraries.size() == 5);
    CHECK(libraries.at("OpenSSL") == OPENSSL_VERSION_STR);
    CHECK(libraries.at("libsodium") == SODIUM_VERSION_STRING);
    CHECK(libraries.at("LMDB") == kms::cat(std::to_string(MDB_VERSION_MAJOR), ".", std::to_string(MDB_VERSION_MINOR),
                                           ".", std::to_string(MDB_VERSION_PATCH)));
  }

  TEST_CASE("a build of OpenSSL is read out of its library") {
    const auto build = openssl_build_in(library("3.0.22", "Fri Jan  1 00:00:07 2027 UTC"));
    REQUIRE(build);
    CHECK(build->version == "3.0.22");
    CHECK(kms::iso_seconds(build->built) == "2027-01-01T00:00:07Z");
    CHECK_FALSE(openssl_build_in(""));
    CHECK_FALSE(openssl_build_in("OpenSSL 3.0.22 1 Jan 2027"));
    CHECK_FALSE(openssl_build_in("built on: Fri Jan  1 00:00:07 2027 UTC"));
    CHECK_FALSE(openssl_build_in(library("3.0.22", "date not available")));
    CHECK_FALSE(openssl_build_in(library("3.0.22", "Fri Jan 32 00:00:07 2027 UTC")));
    CHECK_FALSE(openssl_build_in("OpenSSL 3.0.22"));
  }

  TEST_CASE("only an OpenSSL that was built before the system's is warned of") {
    const OpensslBuild older{"3.0.19", kms::Time(100s)};
    const OpensslBuild newer{"3.0.19", kms::Time(200s)};  // a fix without a new version
    const auto warning = outdated_openssl(older, newer);
    REQUIRE(warning);
    CHECK(warning->find("1970-01-01T00:03:20Z") != std::string::npos);
    CHECK_FALSE(outdated_openssl(newer, older));
    CHECK_FALSE(outdated_openssl(newer, newer));
    CHECK_FALSE(outdated_openssl(std::nullopt, newer));
    CHECK_FALSE(outdated_openssl(older, std::nullopt));
  }

  TEST_CASE("the build in use and that of this system are found") {
    const auto used = kms::crypto::openssl_build();
    REQUIRE(used);
    CHECK(used->version == OPENSSL_VERSION_STR);
    const auto system = kms::crypto::system_openssl_build();
    REQUIRE(system);
    CHECK(system->version.starts_with("3."));
    CHECK(system->built > kms::Time());
  }
}
