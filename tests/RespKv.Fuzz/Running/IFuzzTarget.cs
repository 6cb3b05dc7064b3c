namespace RespKv.Fuzz.Running;

/// <summary>A reader and what is known about it. An input is one run of bytes, so that it fits a file; one thread.</summary>
internal interface IFuzzTarget
{
    /// <summary>
    /// Allocated bytes that an input may cost whatever its size: the reader's own buffers. What comes on top of it is bounded by
    /// <see cref="AllocatedPerInputByte"/>.
    /// </summary>
    long AllocatedBytesMax { get; }

    /// <summary>Allocated bytes for each byte of input.</summary>
    long AllocatedPerInputByte { get; }

    /// <summary>Makes the next input: anew, or out of one that behaved in a way of its own.</summary>
    /// <param name="random">The only source of chance.</param>
    /// <param name="parent">Empty: anew.</param>
    /// <param name="other">Another one of those, to take pieces from; may be empty.</param>
    /// <param name="input">Where it goes; empty.</param>
    void Make(Random random, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> other, InputBuffer input);

    /// <summary>
    /// Runs an input. Any bytes are an input. Whatever it throws is a finding; <see cref="FindingException"/> is for answers that are wrong.
    /// </summary>
    /// <param name="input">The input.</param>
    /// <param name="result">Told how the reader behaved and what it allocated.</param>
    void Run(ReadOnlySpan<byte> input, RunResult result);

    /// <summary>The input for a reader's eyes.</summary>
    string Describe(ReadOnlySpan<byte> input);
}

/// <summary>The reader gave a wrong answer. The message says which, and which one was expected.</summary>
internal sealed class FindingException(string message) : Exception(message);
