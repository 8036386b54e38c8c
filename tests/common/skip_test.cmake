# cmake -DPROBE=… -DTESTS=… -DDIRECTORY=… -P skip_test.cmake
# Runs the test cases of skip_probe.cpp one by one, and through CTest a test over a real network that is absent and the
# one whose network lies in the repository. TESTS: a binary directory with workloads_test in it.

function(expect status name)
    execute_process(
        COMMAND ${PROBE} ${name} --warn=NoAssertions
        RESULT_VARIABLE found
        OUTPUT_VARIABLE said)
    if(status STREQUAL "failure")
        if(found EQUAL 0 OR found EQUAL 77 OR NOT found MATCHES "^[0-9]+$")
            message(SEND_ERROR "'${name}' ended with ${found} and is a failure:\n${said}")
        endif()
    elseif(NOT found STREQUAL status)
        message(SEND_ERROR "'${name}' ended with ${found} instead of ${status}:\n${said}")
    elseif(NOT said MATCHES "skipped: nothing is here")
        message(SEND_ERROR "'${name}' does not say why it was skipped:\n${said}")
    endif()
endfunction()

expect(77 "skips")
expect(77 "passes\\, then skips")
expect(77 "skips behind a simulation")
expect(77 "skips in a simulation")
expect(failure "fails\\, then skips")
expect(failure "skips in a section\\, fails in another")
expect(failure "fails and skips in a simulation")
expect(failure "fails as often as the status of a skip says")
expect(failure "asserts nothing")

# In a directory of its own, so that the log of the CTest around it stays whole.
file(WRITE ${DIRECTORY}/CTestTestfile.cmake "subdirs(\"${TESTS}\")\n")
set(ENV{NONZERO_REAL_DIR} ${DIRECTORY})
execute_process(
    COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${DIRECTORY} -R "^workloads_test: ?(lenet5_dns|squeezenet_dc)$"
    OUTPUT_VARIABLE said
    RESULT_VARIABLE status)
if(NOT status EQUAL 0
   OR NOT said MATCHES "workloads_test: ?lenet5_dns \\.+ +Passed"
   OR NOT said MATCHES "workloads_test: ?squeezenet_dc \\.+\\*\\*\\*Skipped")
    message(SEND_ERROR "CTest ended with ${status} and shows:\n${said}")
endif()
