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

X509Ptr self_signed(EVP_PKEY* key) {
  X509Ptr certificate(X509_new());
  need(certificate != nullptr, "no memory");
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kLifetimeSeconds);
  X509_set_pubkey(certificate.get(), key);
  auto* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<unsigned char const*>("127.0.0.1"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  Extension const alternative(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1"));
  X509_add_ext(certificate.get(), alternative.get(), -1);
  need(X509_sign(certificate.get(), key, EVP_sha256()) > 0, "cannot sign");
  return certificate;
}

}  // namespace

Certificate make_certificate(std::filesystem::path const& folder) {
  Key const key(EVP_EC_gen("P-256"));
  need(key != nullptr, "no key");
  auto const certificate = self_signed(key.get());
  Certificate files{.certificate_file = folder / "certificate.pem", .private_key_file = folder / "key.pem"};
  File const certificate_file(std::fopen(files.certificate_file.c_str(), "w"));
  File const key_file(std::fopen(files.private_key_file.c_str(), "w"));
  need(certificate_file && key_file, "cannot write");
  need(PEM_write_X509(certificate_file.get(), certificate.get()) == 1, "cannot write the certificate");
  need(PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1, "cannot write the key");
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
