#include "runtime/jobs.h"

#include <exception>

#include "runtime/log.h"

namespace madang::runtime {

void Jobs::every(Millis period, std::string name, Job job) {
  threads_.emplace_back([this, period, name = std::move(name), job = std::move(job)] { run(period, name, job); });
}

void Jobs::stop() {
  {
    Lock const lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
}

void Jobs::run(Millis period, std::string const& name, Job const& job) {
  auto& failures = metrics_.counter("madang_runtime_job_failures_total", "Runs of periodic jobs that failed.", {{"job", name}});
  auto failed = [&](std::string_view why) {
    failures.Increment();
    log_error("runtime", "job_failed", {{"job", name}, {"why", why}});
  };
  for (;;) {
    {
      Lock lock(mutex_);
      if (stopping_) return;
    }
    try {
      if (auto const done = job(); !done) failed(done.error().sentence);
    } catch (std::exception const& e) {
      failed(e.what());
    }
    Lock lock(mutex_);
    if (wake_.wait_for(lock, period, [this]() MADANG_REQUIRES(mutex_) { return stopping_; })) return;
  }
}

}  // namespace madang::runtime
