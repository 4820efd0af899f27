// The certificate and key files of a server, as people really hand them over: each thing that can be wrong with them is
// one sentence that names the file and what to do.
#pragma once

#include <openssl/ssl.h>

#include <optional>
#include <string>

#include "core/error.h"
#include "core/time.h"

namespace madang::web::net {

/// PEM chain and private key into the context; never asks for a passphrase. kInvalid: missing, empty, binary, swapped,
/// encrypted, broken, or not belonging together.
Result<void> load_tls_files(SSL_CTX* context, std::string const& certificate_file, std::string const& private_key_file);

/// "it expired on 2026-10-01" or "it is valid only from 2027-01-01"; none: valid at `now`. Clients will refuse it, but
/// devices that do not look keep their way in, so that a server starts all the same.
std::optional<std::string> certificate_doubt(SSL_CTX* context, Instant now);
/// The file ends before the chain does: browsers may know the rest, devices do not.
std::optional<std::string> chain_doubt(SSL_CTX* context);

}  // namespace madang::web::net
