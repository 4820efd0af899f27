#include "support/mail_receiver.h"

#include <openssl/evp.h>

#include <thread>

namespace madang::test {
namespace {

std::string decoded(std::string const& base64) {
  std::string packed;
  for (char const c : base64)
    if (c != '\r' && c != '\n') packed += c;
  std::string out(packed.size(), '\0');
  auto const size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                    reinterpret_cast<unsigned char const*>(packed.data()), static_cast<int>(packed.size()));
  std::size_t padding = 0;
  while (padding < 2 && packed.size() > padding && packed[packed.size() - 1 - padding] == '=') ++padding;
  out.resize(size < 0 ? 0 : static_cast<std::size_t>(size) - padding);
  return out;
}

std::string between_brackets(std::string const& line) {
  auto const open = line.find('<');
  return line.substr(open + 1, line.find('>') - open - 1);
}

}  // namespace

std::string ReceivedMail::field(std::string const& name) const {
  auto const head = "\r\n" + data.substr(0, data.find("\r\n\r\n") + 2);
  auto const found = head.find("\r\n" + name + ": ");
  if (found == std::string::npos) return {};
  std::string value;
  for (auto begin = found + name.size() + 4;;) {
    auto const end = head.find("\r\n", begin);
    value += head.substr(begin, end - begin);
    if (end + 2 >= head.size() || head[end + 2] != ' ') return value;
    begin = end + 2;
  }
}

std::string ReceivedMail::text() const { return decoded(data.substr(data.find("\r\n\r\n") + 4)); }

struct MailReceiver::Dialogue {
  ReceivedMail mail;
};

MailReceiver::MailReceiver(Options options)
    : options_(std::move(options)), server_([this](Wire& wire) { serve(wire); }) {}

std::string MailReceiver::url() const {
  return (options_.tls_at_once ? "smtps://127.0.0.1:" : "smtp://127.0.0.1:") + std::to_string(server_.port());
}

std::vector<ReceivedMail> MailReceiver::received() const {
  std::scoped_lock const lock(mutex_);
  return received_;
}

bool MailReceiver::wait_for(std::size_t count, std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  return more_.wait_for(lock, patience, [&] { return received_.size() >= count; });
}

void MailReceiver::keep(ReceivedMail mail) {
  mail.at = std::chrono::steady_clock::now();
  {
    std::scoped_lock const lock(mutex_);
    received_.push_back(std::move(mail));
  }
  more_.notify_all();
}

MailReceiver::Said MailReceiver::step(Wire& wire, Dialogue& dialogue, std::string const& where, std::string const& yes) {
  MailManner manner;
  if (options_.manner) {
    std::size_t tries = 0;
    {
      std::scoped_lock const lock(mutex_);
      tries = ++tries_[{where, dialogue.mail.to}];
    }
    manner = options_.manner({where, dialogue.mail.to, tries});
  }
  std::this_thread::sleep_for(manner.after);
  if (manner.hangs) wire.hang();
  if (manner.breaks_off) wire.break_off();
  if (manner.hangs || manner.breaks_off) return Said::kNothing;
  if (where == "dot" && manner.refusal == 0) keep(dialogue.mail);
  wire.write(manner.refusal != 0 ? std::to_string(manner.refusal) + " no\r\n" : yes);
  return manner.refusal != 0 ? Said::kNo : Said::kYes;
}

void MailReceiver::serve(Wire& wire) {
  Dialogue d;
  if (options_.tls_at_once) {
    if (!wire.start_tls(*options_.certificate)) return;
    d.mail.tls = true;
  }
  if (step(wire, d, "greeting", "220 test ESMTP\r\n") == Said::kNothing) return;
  for (auto line = wire.line(); line; line = wire.line()) {
    auto const verb = line->substr(0, 4);
    auto said = Said::kYes;
    if (verb == "EHLO") {
      std::string more = options_.certificate && !d.mail.tls ? "250-STARTTLS\r\n" : "";
      if (!options_.login.empty()) more += "250-AUTH PLAIN\r\n";
      said = step(wire, d, "EHLO", "250-test\r\n" + more + "250 SIZE 1000000\r\n");
    } else if (*line == "STARTTLS") {
      wire.write("220 go on\r\n");
      if (!wire.start_tls(*options_.certificate)) return;
      d.mail.tls = true;
    } else if (verb == "AUTH") {
      // "AUTH PLAIN" alone asks to be asked.
      if (line->size() <= 11) wire.write("334 \r\n");
      auto const words = line->size() <= 11 ? wire.line().value_or("") : line->substr(11);
      auto login = decoded(words);
      login.erase(0, 1);
      if (auto const zero = login.find('\0'); zero != std::string::npos) login[zero] = '/';
      d.mail.login = login;
      wire.write(login == options_.login ? "235 welcome\r\n" : "535 no\r\n");
    } else if (verb == "MAIL") {
      d.mail.from = between_brackets(*line);
      d.mail.to.clear();
      said = step(wire, d, "MAIL", "250 yes\r\n");
    } else if (verb == "RCPT") {
      d.mail.to = between_brackets(*line);
      said = step(wire, d, "RCPT", "250 yes\r\n");
    } else if (verb == "DATA") {
      said = step(wire, d, "DATA", "354 go on\r\n");
      if (said == Said::kNo) continue;
      d.mail.data.clear();
      auto text = said == Said::kYes ? wire.line() : std::nullopt;
      for (; text && *text != "."; text = wire.line()) d.mail.data += (text->starts_with('.') ? text->substr(1) : *text) + "\r\n";
      if (!text) return;
      said = step(wire, d, "dot", "250 taken\r\n");
    } else if (verb == "QUIT") {
      wire.write("221 bye\r\n");
      return;
    } else {
      wire.write("250 yes\r\n");
    }
    if (said == Said::kNothing) return;
  }
}

}  // namespace madang::test
