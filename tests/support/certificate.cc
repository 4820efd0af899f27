#include "support/certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace madang::test {
namespace {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using File = std::unique_ptr<std::FILE, Freed<std::fclose>>;

constexpr long kLifetimeSeconds = 24L * 60 * 60;

void need(bool ok, char const* what) {
  if (!ok) throw std::runtime_error(std::string{"certificate: "} + what);
}

/// CN of whom it is for and of who signs it, with `key` and `signer`.
X509Ptr certificate_of(std::string const& subject, EVP_PKEY* key, std::string const& issuer, EVP_PKEY* signer) {
  X509Ptr certificate(X509_new());
  need(certificate != nullptr, "no memory");
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kLifetimeSeconds);
  X509_set_pubkey(certificate.get(), key);
  auto const call = [](X509_NAME* name, std::string const& text) {
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<unsigned char const*>(text.c_str()), -1, -1, 0);
  };
  call(X509_get_subject_name(certificate.get()), subject);
  call(X509_get_issuer_name(certificate.get()), issuer);
  auto const add = [&](int kind, char const* value) {
    Extension const extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value));
    X509_add_ext(certificate.get(), extension.get(), -1);
  };
  add(NID_subject_alt_name, "IP:127.0.0.1");
  if (issuer != subject) add(NID_info_access, "caIssuers;URI:http://authority.example/ca.der");
  need(X509_sign(certificate.get(), signer, EVP_sha256()) > 0, "cannot sign");
  return certificate;
}

void write_certificate(std::string const& path, X509* certificate) {
  File const file(std::fopen(path.c_str(), "w"));
  need(file && PEM_write_X509(file.get(), certificate) == 1, "cannot write the certificate");
}

void write_key(std::string const& path, EVP_PKEY* key) {
  File const file(std::fopen(path.c_str(), "w"));
  need(file && PEM_write_PrivateKey(file.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "cannot write the key");
}

Key new_key() {
  Key key(EVP_EC_gen("P-256"));
  need(key != nullptr, "no key");
  return key;
}

}  // namespace

Certificate make_certificate(std::filesystem::path const& folder) {
  auto const key = new_key();
  Certificate files{.certificate_file = folder / "certificate.pem", .private_key_file = folder / "key.pem"};
  write_certificate(files.certificate_file, certificate_of("127.0.0.1", key.get(), "127.0.0.1", key.get()).get());
  write_key(files.private_key_file, key.get());
  return files;
}

Certificate make_signed_certificate(std::filesystem::path const& folder) {
  auto const key = new_key();
  auto const authority = new_key();
  Certificate files{.certificate_file = folder / "certificate.pem",
                    .private_key_file = folder / "key.pem",
                    .authority_file = folder / "authority.pem"};
  write_certificate(files.certificate_file, certificate_of("127.0.0.1", key.get(), "Test authority", authority.get()).get());
  write_certificate(files.authority_file, certificate_of("Test authority", authority.get(), "Test authority", authority.get()).get());
  write_key(files.private_key_file, key.get());
  return files;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = std::filesystem::temp_directory_path() / "madang_test_XXXXXX";
  need(mkdtemp(pattern.data()) != nullptr, "no temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace madang::test
