using System.Text;
using RespKv.Fuzz.Running;
using RespKv.Protocol;

namespace RespKv.Fuzz.Protocol;

/// <summary>
/// The request parser, fed as a connection feeds it: pieces of any size, consumed bytes are dropped, limits change with AUTH, and
/// requests that were not executed are parsed again. It has to say what <see cref="RequestReference"/> says of the whole.
/// </summary>
internal sealed class RequestTarget : IFuzzTarget
{
    private readonly RequestMaker _maker = new();
    private readonly RequestParser _parser = new();
    private readonly RequestBatch _batch = new();
    private readonly Transcript _actual = new();
    private readonly Transcript _expected = new();
    private int _start;
    private int _end;
    private long _wanted;

    /// <summary>
    /// Ranges of a count of up to a million arguments are reserved when the line is read, 8 bytes each, and once more for a request
    /// that is incomplete: what <see cref="ParserLimits.ArgumentsMax"/> bounds.
    /// </summary>
    public long AllocatedBytesMax => 2L * 8 * 1_048_576;

    /// <summary>Runs twice; an inline request is copied, and arrays grow by doubling.</summary>
    public long AllocatedPerInputByte => 64;

    public void Make(Random random, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> other, InputBuffer input) => _maker.Make(random, parent, other, input);

    public void Run(ReadOnlySpan<byte> input, RunResult result)
    {
        var request = new RequestInput(input);
        _expected.Clear();
        RequestReference.Parse(request, _expected);
        result.Enter();
        Feed(request, whole: true);
        result.Leave();
        Compare("in one piece");
        result.Enter();
        Feed(request, whole: false);
        result.Leave();
        Compare("in pieces");
        Tell(result);
    }

    public string Describe(ReadOnlySpan<byte> input)
    {
        var request = new RequestInput(input);
        return $"{request.Limits(0)}, authenticates after {request.AuthenticatesAfter}, {request.RequestsMax} at once, cuts {request.CutSeed}\n"
            + Encoding.Latin1.GetString(request.Data).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n\n", StringComparison.Ordinal);
    }

    private void Feed(RequestInput request, bool whole)
    {
        _parser.Reset();
        _actual.Clear();
        _start = 0;
        _end = 0;
        _wanted = 0;
        uint cuts = request.CutSeed | 0x10000;
        ReadOnlySpan<byte> data = request.Data;
        bool failed = false;
        while (_end < data.Length && !failed)
        {
            _end = whole ? data.Length : Math.Min(data.Length, _end + PieceBytes(ref cuts));
            failed = Process(request, ref cuts);
        }

        _actual.End(_parser.ErrorText, _start);
    }

    // As RespEngine.Process does it. True after an error.
    private bool Process(RequestInput request, ref uint cuts)
    {
        while (true)
        {
            ParserLimits limits = request.Limits(_actual.Requests);
            int requestsMax = limits.BeforeAuthentication ? 1 : request.RequestsMax;
            if (request.BeginsUnauthenticated && _actual.Requests < request.AuthenticatesAfter)
            {
                requestsMax = 1;
            }

            _batch.Clear();
            ReadOnlySpan<byte> rest = request.Data[_start.._end];
            ParseStatus status = _parser.Parse(rest, limits, requestsMax, _batch, out int consumed);
            ThrowIfImpossible(status, rest.Length, requestsMax, consumed);
            int executed = _batch.Count;
            if (executed > 0 && request.RewindOneIn > 0 && Next(ref cuts) % (uint)request.RewindOneIn == 0)
            {
                executed = (int)(Next(ref cuts) % (uint)(executed + 1));
            }

            Execute(rest, executed);
            if (executed < _batch.Count)
            {
                consumed = Rewind(rest, limits, executed);
                status = ParseStatus.BatchFull;
            }

            _start += consumed;
            if (status == ParseStatus.Error)
            {
                return true;
            }

            if (status == ParseStatus.NeedMore)
            {
                _wanted = _parser.BytesWanted;
                return false;
            }
        }
    }

    private void ThrowIfImpossible(ParseStatus status, int length, int requestsMax, int consumed)
    {
        if (_batch.Count > requestsMax || consumed < 0 || consumed > length)
        {
            throw new FindingException($"{_batch.Count} requests of at most {requestsMax}, {consumed} bytes consumed of {length}");
        }

        if (_batch.Count > 0 && length < _wanted)
        {
            throw new FindingException($"a request is complete that wanted at least {_wanted} bytes, {length} are there");
        }

        if (status == ParseStatus.NeedMore && _parser.BytesWanted != 0 && _parser.BytesWanted <= length - consumed)
        {
            throw new FindingException($"an incomplete request of {length - consumed} bytes wants {_parser.BytesWanted}");
        }

        _wanted = 0;
    }

    private void Execute(ReadOnlySpan<byte> rest, int executed)
    {
        for (int i = 0; i < executed; i++)
        {
            RequestArgs args = _batch.Get(i, rest);
            _actual.Request(args.Count);
            for (int k = 0; k < args.Count; k++)
            {
                _actual.Argument(args[k]);
            }
        }
    }

    // As RespEngine.Rewind does it.
    private int Rewind(ReadOnlySpan<byte> rest, ParserLimits limits, int executed)
    {
        _parser.Reset();
        int consumed = 0;
        if (executed > 0)
        {
            _batch.Clear();
            _ = _parser.Parse(rest, limits, executed, _batch, out consumed);
            _parser.Reset();
        }

        return consumed;
    }

    private static int PieceBytes(ref uint cuts)
    {
        uint chance = Next(ref cuts);
        return (chance & 3) switch
        {
            0 => 1,
            1 => 1 + (int)((chance >> 8) % 4),
            2 => 1 + (int)((chance >> 8) % 32),
            _ => 1 + (int)((chance >> 8) % 1024),
        };
    }

    // Marsaglia's xorshift: the cuts have to be the same when the input is replayed.
    private static uint Next(ref uint state)
    {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return state;
    }

    private void Compare(string how)
    {
        if (!_actual.Bytes.SequenceEqual(_expected.Bytes))
        {
            throw new FindingException($"{how} the parser says:{_actual}\nthe reference says:{_expected}");
        }
    }

    private void Tell(RunResult result)
    {
        result.Feature((ulong)Math.Min(_actual.Requests, 8));
        result.Feature((ulong)(_end - _start > 0 ? 1 : 0));
        result.Feature((ulong)System.Numerics.BitOperations.Log2((uint)_actual.Bytes.Length));
        result.Outcome(_parser.ErrorText.Length > 0 ? _parser.ErrorText.Split('\'')[0]
            : _end > _start ? "requests and an incomplete one"
            : "requests");
    }
}
