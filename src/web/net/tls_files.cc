#include "web/net/tls_files.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>

namespace madang::web::net {
namespace {

constexpr std::size_t kPemBytesMax = 1 << 20;

template <typename T, auto kFree>
struct Freed {
  void operator()(T* thing) const { kFree(thing); }
};
template <typename T, auto kFree>
using Owned = std::unique_ptr<T, Freed<T, kFree>>;

struct PemFile {
  std::string what;  ///< "certificate", "private key"
  std::string path;
  std::string text = {};

  [[nodiscard]] std::unexpected<Error> wrong(std::string_view why) const {
    return fail(Code::kInvalid, fmt::format("{} file {}: {}", what, path, why));
  }
  [[nodiscard]] bool holds(std::string_view words) const { return text.contains(words); }
};

Result<PemFile> read_pem(std::string what, std::string const& path) {
  PemFile file{.what = std::move(what), .path = path};
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return file.wrong("there is no such file");
  if (std::filesystem::is_directory(path, error)) return file.wrong("is a directory");
  std::ifstream in(path, std::ios::binary);
  if (!in) return file.wrong("cannot be read; look at its owner and rights");
  file.text.resize(kPemBytesMax + 1);
  in.read(file.text.data(), static_cast<std::streamsize>(file.text.size()));
  file.text.resize(static_cast<std::size_t>(in.gcount()));
  if (file.text.size() > kPemBytesMax) return file.wrong("is far too long");
  if (file.text.find_first_not_of(" \t\r\n") == std::string::npos) return file.wrong("is empty");
  if (file.holds("-----BEGIN ")) return file;
  if (file.text.starts_with('\x30')) return file.wrong("is binary (DER or PKCS#12); PEM text is expected, as openssl writes it");
  return file.wrong("is not PEM: it has no line that begins with -----BEGIN");
}

/// OpenSSL's own reason, once what people commonly do is ruled out.
std::string reason() {
  auto const code = ERR_peek_last_error();
  auto const* const text = ERR_reason_error_string(code);
  ERR_clear_error();
  return text == nullptr ? "unknown reason" : text;
}

/// Never ask at the terminal of a server that starts by itself.
int no_passphrase(char*, int, int, void*) { return 0; }

Result<void> load_certificate(SSL_CTX* context, std::string const& path) {
  MADANG_TRY(auto const file, read_pem("certificate", path));
  if (!file.holds("-----BEGIN CERTIFICATE-----") && !file.holds("-----BEGIN TRUSTED CERTIFICATE-----") &&
      !file.holds("-----BEGIN X509 CERTIFICATE-----")) {
    if (file.holds("PRIVATE KEY-----")) return file.wrong("holds a private key and no certificate; are the two files swapped?");
    if (file.holds("CERTIFICATE REQUEST-----")) return file.wrong("holds a request for a certificate, not the certificate");
    return file.wrong("holds no certificate");
  }
  if (SSL_CTX_use_certificate_chain_file(context, path.c_str()) != 1) return file.wrong("its certificate cannot be read: " + reason());
  return {};
}

/// A key of another kind than the certificate's, RSA beside EC, leaves OpenSSL with a key and no certificate.
bool is_mismatch(unsigned long error) {
  auto const reason = ERR_GET_REASON(error);
  if (ERR_GET_LIB(error) == ERR_LIB_SSL) return reason == SSL_R_NO_CERTIFICATE_ASSIGNED;
  return ERR_GET_LIB(error) == ERR_LIB_X509 && (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH);
}

/// Which certificate of a file the key belongs to, from 1 on; 0: none.
int place_of_certificate(std::string const& certificate_file, std::string const& key_file) {
  Owned<BIO, BIO_free_all> const keys(BIO_new_file(key_file.c_str(), "r"));
  Owned<EVP_PKEY, EVP_PKEY_free> const key(keys ? PEM_read_bio_PrivateKey(keys.get(), nullptr, no_passphrase, nullptr) : nullptr);
  Owned<BIO, BIO_free_all> const chain(BIO_new_file(certificate_file.c_str(), "r"));
  if (!key || !chain) return 0;
  for (int place = 1;; ++place) {
    Owned<X509, X509_free> const certificate(PEM_read_bio_X509(chain.get(), nullptr, no_passphrase, nullptr));
    if (!certificate) return 0;
    if (X509_check_private_key(certificate.get(), key.get()) == 1) return place;
  }
}

Result<void> load_key(SSL_CTX* context, std::string const& path, std::string const& certificate_file) {
  MADANG_TRY(auto const file, read_pem("private key", path));
  if (file.holds("-----BEGIN ENCRYPTED PRIVATE KEY-----") || file.holds("Proc-Type: 4,ENCRYPTED"))
    return file.wrong("is encrypted with a passphrase, which nobody can type when the server starts; write a plain one "
                      "with openssl pkey -in FILE -out PLAIN, and let only the server's user read it");
  if (file.holds("OPENSSH PRIVATE KEY-----")) return file.wrong("is a key of OpenSSH, not PEM of TLS");
  if (!file.holds("PRIVATE KEY-----")) {
    if (file.holds("CERTIFICATE-----")) return file.wrong("holds a certificate and no private key; are the two files swapped?");
    return file.wrong("holds no private key");
  }
  if (SSL_CTX_use_PrivateKey_file(context, path.c_str(), SSL_FILETYPE_PEM) == 1 && SSL_CTX_check_private_key(context) == 1) return {};
  if (!is_mismatch(ERR_peek_last_error())) return file.wrong("its key cannot be read: " + reason());
  auto const place = place_of_certificate(certificate_file, path);
  ERR_clear_error();
  if (place > 1)
    return file.wrong(fmt::format("belongs to certificate {} in {}; the server's own must be the first, and who signed it below", place,
                                  certificate_file));
  return file.wrong(fmt::format("does not belong to the certificate in {}", certificate_file));
}

/// It says where its issuer's own certificate is to be had, as those of public authorities do, whose roots sign no server themselves.
bool names_issuers_certificate(X509* certificate) {
  Owned<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free> const access(
      static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr)));
  for (int i = 0; access && i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i)
    if (OBJ_obj2nid(sk_ACCESS_DESCRIPTION_value(access.get(), i)->method) == NID_ad_ca_issuers) return true;
  return false;
}

std::string day_of(ASN1_TIME const* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable day";
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

}  // namespace

Result<void> load_tls_files(SSL_CTX* context, std::string const& certificate_file, std::string const& private_key_file) {
  ERR_clear_error();
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  MADANG_CHECK(load_certificate(context, certificate_file));
  return load_key(context, private_key_file, certificate_file);
}

std::optional<std::string> certificate_doubt(SSL_CTX* context, Instant now) {
  auto const* const certificate = SSL_CTX_get0_certificate(context);
  if (certificate == nullptr) return std::nullopt;
  std::time_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  auto const* const last = X509_get0_notAfter(certificate);
  if (X509_cmp_time(last, &seconds) < 0) return "it expired on " + day_of(last);
  auto const* const first = X509_get0_notBefore(certificate);
  if (X509_cmp_time(first, &seconds) > 0) return "it is valid only from " + day_of(first);
  return std::nullopt;
}

std::optional<std::string> chain_doubt(SSL_CTX* context) {
  auto* const certificate = SSL_CTX_get0_certificate(context);
  if (certificate == nullptr || !names_issuers_certificate(certificate)) return std::nullopt;
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(context, &chain);
  for (int i = 0; chain != nullptr && i < sk_X509_num(chain); ++i)
    if (X509_check_issued(sk_X509_value(chain, i), certificate) == X509_V_OK) return std::nullopt;
  std::string issuer(256, '\0');
  X509_NAME_oneline(X509_get_issuer_name(certificate), issuer.data(), static_cast<int>(issuer.size()));
  issuer.resize(std::min(issuer.find('\0'), issuer.size()));
  return fmt::format("the certificate of its issuer, {}, is not below it, and most devices do not have that; take the file with the whole "
                     "chain (fullchain.pem)", issuer);
}

}  // namespace madang::web::net
