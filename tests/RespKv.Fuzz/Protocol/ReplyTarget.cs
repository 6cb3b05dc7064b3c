using System.Text;
using RespKv.Fuzz.Running;
using RespKv.Protocol;

namespace RespKv.Fuzz.Protocol;

/// <summary>
/// The reply reader of tests and tools. What it takes it takes to the last byte: no prefix of a reply is one, and what follows does not
/// matter. What it refuses it refuses with InvalidDataException.
/// </summary>
internal sealed class ReplyTarget : IFuzzTarget
{
    /// <summary>Longer replies are cut at some places only.</summary>
    private const int AllCutsBytesMax = 64;

    private readonly Mutator _mutator = new(
        "+OK\r\n", "-ERR x\r\n", ":1\r\n", "$1\r\na\r\n", "*1\r\n", "*0\r\n", "_\r\n", "#t\r\n", "#f\r\n", ",1.5\r\n", ",inf\r\n", ",-nan\r\n", "(123\r\n", "=5\r\ntxt:a\r\n",
        "!3\r\nERR\r\n", "%1\r\n", "~1\r\n", ">1\r\n", "|1\r\n", "$-1\r\n", "*-1\r\n", "\r\n", "\r", "\n", "$", "*", "%", "*2147483647\r\n", "*715827882\r\n", "%1073741824\r\n", "1", "0", "-");

    public long AllocatedBytesMax => 16 << 10;

    /// <summary>
    /// An aggregate's array holds 8 bytes for every 3 that are left, on each level (64 at most); a value is an object of some 100 bytes
    /// for at least 3. Read twice, and its prefixes.
    /// </summary>
    public long AllocatedPerInputByte => (AllCutsBytesMax + 4L) * ((RespReplyReader.DepthMax * 3) + 100);

    public void Make(Random random, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> other, InputBuffer input)
    {
        input.Add(parent);
        _mutator.Change(random, 0, other, input);
    }

    public void Run(ReadOnlySpan<byte> input, RunResult result)
    {
        result.Enter();
        try
        {
            bool isWhole = RespReplyReader.TryRead(input, out RespValue? value, out int consumed);
            if (!isWhole)
            {
                result.Outcome("incomplete");
                return;
            }

            Check(input, value!, consumed);
            result.Feature(value!.Marker);
            result.Feature((ulong)Math.Min(value.Items.Count, 4));
            result.Feature((ulong)value.Items.Take(4).Sum(item => item.Marker * 31));
            result.Outcome("a reply");
        }
        catch (InvalidDataException e)
        {
            result.Feature(e.Message);
            result.Outcome("refused");
        }
        finally
        {
            result.Leave();
        }
    }

    public string Describe(ReadOnlySpan<byte> input) => Encoding.Latin1.GetString(input);

    private static void Check(ReadOnlySpan<byte> input, RespValue value, int consumed)
    {
        if (consumed <= 0 || consumed > input.Length)
        {
            throw new FindingException($"{consumed} bytes consumed of {input.Length}");
        }

        if (!RespReplyReader.TryRead(input[..consumed], out RespValue? again, out int consumedAgain) || consumedAgain != consumed || again.Marker != value.Marker)
        {
            throw new FindingException("the reply without what follows it is not the same");
        }

        int step = 1 + (consumed / AllCutsBytesMax);
        for (int length = consumed - 1; length >= 0; length -= step)
        {
            if (RespReplyReader.TryRead(input[..length], out _, out int consumedOfPrefix) || consumedOfPrefix != 0)
            {
                throw new FindingException($"the first {length} bytes of a reply of {consumed} are a reply");
            }
        }
    }
}
