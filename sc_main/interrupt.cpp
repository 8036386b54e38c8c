#include "sc_main/interrupt.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <system_error>

#include "sc_main/output_file.h"
#include "workloads/host_error.h"

namespace nonzero {

namespace {

sem_t signals;  // sem_post() is one of the few calls that a signal handler may make

void count_signal(int) {
    ::sem_post(&signals);
}

void wait_for_signal() {
    while (::sem_wait(&signals) != 0) {
    }
}

void wait_for_signal(int seconds) {
    timespec deadline{};
    ::clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += seconds;
    while (::sem_timedwait(&signals, &deadline) != 0 && errno == EINTR) {
    }
}

void handle(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGINT, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt(std::function<void()> stop, std::function<std::string()> message)
    : stop_(std::move(stop)), message_(std::move(message)) {
    ::sem_init(&signals, 0, 0);
    try {
        watcher_ = std::thread([this] { watch(); });
    } catch (const std::system_error& error) {
        throw_system_failure("no thread can be started", error.code().value());
    }
    handle(count_signal);
}

Interrupt::~Interrupt() {
    finished_ = true;
    ::sem_post(&signals);
    watcher_.join();
    handle(SIG_DFL);
}

void Interrupt::watch() {
    wait_for_signal();
    if (finished_) {
        return;
    }
    stop_();
    constexpr int kPatience = 1;
    wait_for_signal(kPatience);
    if (!finished_) {
        end_process();
    }
}

void Interrupt::end_process() {
    ReplacedFile::writing().lock();
    const std::string line = message_() + "\n";
    // Nothing can be done about a message that cannot be written.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    ::_exit(kExitStatus);
}

}  // namespace nonzero
