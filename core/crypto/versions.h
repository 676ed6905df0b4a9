#pragma once
// Which cryptographic libraries are in use. What is linked in keeps its faults until kmsctl is built anew, whatever the
// system installs; these find out that it has. Pure but for the file that is read; safe from any thread; needs no
// init().
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"

namespace kms::crypto {

// Of the library that this process runs, linked in or shared: "3.0.19", "1.0.18".
std::string openssl_version();
std::string sodium_version();

// A build of OpenSSL. Distributions mend faults without a new version, so that `built` alone orders two builds.
struct OpensslBuild {
  std::string version;  // "3.0.19"
  Time built;
};

// The build in use; nothing when whoever built it left the time out.
std::optional<OpensslBuild> openssl_build();
// The build that a file such as libcrypto.so.3 contains, which is read and not loaded; nothing when it says none.
std::optional<OpensslBuild> openssl_build_in(std::string_view contents);
// The shared library of this system: it stands beside the C library. Nothing when there is none that can be read.
std::optional<OpensslBuild> system_openssl_build();

}  // namespace kms::crypto
