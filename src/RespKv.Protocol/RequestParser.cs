using System.Diagnostics;

namespace RespKv.Protocol;

/// <summary>
/// Takes requests out of received bytes: RESP arrays of bulk strings, and inline requests. Behaves as Redis 7.0's networking.c,
/// which does not look at the two bytes behind a bulk string either, and at the LF behind a length's CR.
/// </summary>
/// <remarks>
/// <para>Complete requests with short lengths, nearly all, are taken in one pass that keeps no state. The first irregularity
/// (an incomplete argument, a long length, an error) hands the request over to the careful pass, whose state is a resume point
/// inside this one request: an argument is not looked at again, and a line is searched once, however small the pieces are.</para>
/// <para>Invariant: positions of the resume point are relative to the request's first byte, which is data[0] of the next call.</para>
/// </remarks>
public sealed class RequestParser
{
    /// <summary><c>$0 CR LF CR LF</c>: what each missing argument adds at least to a request.</summary>
    private const int ArgumentBytesMin = 6;

    /// <summary>CR LF behind a bulk string.</summary>
    private const int BulkEndBytes = 2;

    /// <summary>Ranges whose memory is kept between requests, so that a client whose requests are often cut does not allocate each time.</summary>
    private const int PendingKeptMax = 64;

    /// <summary>The length line of the next argument was not read yet.</summary>
    private const int NoBulk = -1;

    // The resume point. All of it is zero, but for NoBulk, while no request is incomplete.
    private readonly ArgumentList _pending = new();
    private int _position;
    private int _searched;
    private int _argumentsLeft;
    private int _bulkLength = NoBulk;
    private int _seen;

    private enum Outcome
    {
        Taken,
        Skipped,
        Incomplete,
        Failed,
    }

    /// <summary>After <see cref="ParseStatus.Error"/>: the reply's text, <c>ERR Protocol error: ...</c>. Otherwise empty.</summary>
    public string ErrorText { get; private set; } = "";

    /// <summary>
    /// After <see cref="ParseStatus.NeedMore"/>: the least length, counted from data[consumed], that could complete the request;
    /// 0 when its argument count is not known yet. It is what the client claims: a hint for the size of a buffer, not a reason
    /// to allocate all of it before the bytes come.
    /// </summary>
    public long BytesWanted
    {
        get
        {
            if (_argumentsLeft == 0)
            {
                return 0;
            }

            long wanted = _bulkLength == NoBulk
                ? _position + ((long)ArgumentBytesMin * _argumentsLeft)
                : _position + (long)_bulkLength + BulkEndBytes + ((long)ArgumentBytesMin * (_argumentsLeft - 1));
            return Math.Max(wanted, _seen + 1L);
        }
    }

    /// <summary>Bytes of the incomplete request that are done with: the next call does not look at them, but for the first one.</summary>
    internal int Parsed => _position;

    /// <summary>Where the next call looks on for the end of the line that starts at <see cref="Parsed"/>.</summary>
    internal int Searched => _searched;

    /// <summary>
    /// Appends at most <paramref name="requestsMax"/> complete requests to <paramref name="batch"/>. The first byte of
    /// <paramref name="data"/> is the start of a request; when the last call ended with an incomplete one, the data begins with the
    /// same bytes, from <paramref name="consumed"/> of that call on.
    /// </summary>
    /// <param name="data">Received bytes.</param>
    /// <param name="limits">What the client may ask for.</param>
    /// <param name="requestsMax">Bound on the requests of this call.</param>
    /// <param name="batch">Where the requests go; its ranges are positions in <paramref name="data"/>.</param>
    /// <param name="consumed">
    /// Bytes of complete requests, and of what is skipped: empty inline requests, arrays of no or a negative number of arguments.
    /// </param>
    /// <exception cref="ArgumentException">The data is shorter than the incomplete rest of the last call.</exception>
    public ParseStatus Parse(ReadOnlySpan<byte> data, in ParserLimits limits, int requestsMax, RequestBatch batch, out int consumed)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (data.Length < _seen)
        {
            throw new ArgumentException("The rest of the last call must come again, with more behind it.", nameof(data));
        }

        consumed = 0;
        if (ErrorText.Length > 0)
        {
            return ParseStatus.Error;
        }

        int taken = 0;
        while (consumed < data.Length)
        {
            if (taken >= requestsMax)
            {
                return ParseStatus.BatchFull;
            }

            int end;
            Outcome outcome = data[consumed] != (byte)'*' ? TakeInline(data[consumed..], limits, batch, out end)
                : _seen == 0 ? TakeMultibulk(data, consumed, limits, batch, out end)
                : ResumeMultibulk(data[consumed..], consumed, limits, batch, out end);
            switch (outcome)
            {
                case Outcome.Taken:
                    taken++;
                    consumed += end;
                    break;
                case Outcome.Skipped:
                    consumed += end;
                    break;
                case Outcome.Incomplete:
                    _seen = data.Length - consumed;
                    return ParseStatus.NeedMore;
                default:
                    return ParseStatus.Error;
            }
        }

        return ParseStatus.NeedMore;
    }

    /// <summary>Forgets an incomplete request and an error.</summary>
    public void Reset()
    {
        ForgetRequest();
        ErrorText = "";
    }

    /// <summary>The fast pass over the request at <paramref name="origin"/>. <paramref name="length"/>: the bytes of the request.</summary>
    private Outcome TakeMultibulk(ReadOnlySpan<byte> data, int origin, in ParserLimits limits, RequestBatch batch, out int length)
    {
        if (!LengthLine.TryReadShort(data, origin, (byte)'*', out int count, out int position) || count == 0 || count > limits.ArgumentsMax)
        {
            return ResumeMultibulk(data[origin..], origin, limits, batch, out length);
        }

        Span<ArgumentRange> arguments = batch.Arguments.Reserve(count);
        for (int i = 0; i < arguments.Length; i++)
        {
            if (!LengthLine.TryReadShort(data, position, (byte)'$', out int bulkLength, out int start)
                || bulkLength > limits.BulkBytesMax
                || data.Length - start < bulkLength + BulkEndBytes)
            {
                _pending.AddMoved(arguments[..i], -origin);
                _argumentsLeft = count - i;
                MoveTo(position - origin);
                return ResumeMultibulk(data[origin..], origin, limits, batch, out length);
            }

            arguments[i] = new ArgumentRange(start, bulkLength);
            position = start + bulkLength + BulkEndBytes;
        }

        int first = batch.Arguments.Count;
        batch.Arguments.Advance(count);
        batch.Add(first);
        length = position - origin;
        return Outcome.Taken;
    }

    /// <summary>The careful pass, from the resume point on. <paramref name="request"/> starts at the request's first byte, which is at <paramref name="origin"/>.</summary>
    private Outcome ResumeMultibulk(ReadOnlySpan<byte> request, int origin, in ParserLimits limits, RequestBatch batch, out int length)
    {
        length = 0;
        if (_argumentsLeft == 0)
        {
            Outcome count = ReadCount(request, limits);
            if (count != Outcome.Taken)
            {
                if (count == Outcome.Skipped)
                {
                    length = _position;
                    ForgetRequest();
                }

                return count;
            }
        }

        while (_argumentsLeft > 0)
        {
            if (_bulkLength == NoBulk)
            {
                Outcome bulk = ReadBulkLength(request, limits);
                if (bulk != Outcome.Taken)
                {
                    return bulk;
                }
            }

            if (request.Length - _position - BulkEndBytes < _bulkLength)
            {
                return Outcome.Incomplete;
            }

            _pending.Add(_position, _bulkLength);
            MoveTo(_position + _bulkLength + BulkEndBytes);
            _bulkLength = NoBulk;
            _argumentsLeft--;
        }

        int first = batch.Arguments.Count;
        batch.Arguments.AddMoved(_pending.Slice(0, _pending.Count), origin);
        batch.Add(first);
        length = _position;
        ForgetRequest();
        return Outcome.Taken;
    }

    private Outcome ReadCount(ReadOnlySpan<byte> request, in ParserLimits limits)
    {
        switch (LengthLine.Find(request, _position, ref _searched, (byte)'\r', limits.InlineBytesMax, out int end))
        {
            case LineStatus.Incomplete:
                return Outcome.Incomplete;
            case LineStatus.TooLong:
                return Fail(ProtocolErrors.CountLineTooLong);
        }

        int countMax = limits.BeforeAuthentication ? ParserLimits.Default.ArgumentsMax : limits.ArgumentsMax;
        if (!RespNumber.TryParseInt64(request[1..end], out long count) || count > countMax)
        {
            return Fail(ProtocolErrors.InvalidCount);
        }

        if (count > limits.ArgumentsMax)
        {
            return Fail(ProtocolErrors.UnauthenticatedCount);
        }

        MoveTo(end + LengthLine.EndBytes);
        _argumentsLeft = (int)Math.Max(count, 0);
        return count > 0 ? Outcome.Taken : Outcome.Skipped;
    }

    private Outcome ReadBulkLength(ReadOnlySpan<byte> request, in ParserLimits limits)
    {
        if (LengthLine.TryReadShort(request, _position, (byte)'$', out int shortLength, out int start) && shortLength <= limits.BulkBytesMax)
        {
            _bulkLength = shortLength;
            MoveTo(start);
            return Outcome.Taken;
        }

        switch (LengthLine.Find(request, _position, ref _searched, (byte)'\r', limits.InlineBytesMax, out int end))
        {
            case LineStatus.Incomplete:
                return Outcome.Incomplete;
            case LineStatus.TooLong:
                return Fail(ProtocolErrors.BulkLineTooLong);
        }

        if (request[_position] != (byte)'$')
        {
            return Fail(ProtocolErrors.ExpectedBulk(request[_position]));
        }

        // A span holds no more than an int of bytes, whatever proto-max-bulk-len says.
        long bulkMax = limits.BeforeAuthentication ? ParserLimits.Default.BulkBytesMax : Math.Min(limits.BulkBytesMax, Array.MaxLength);
        if (!RespNumber.TryParseInt64(request[(_position + 1)..end], out long length) || length < 0 || length > bulkMax)
        {
            return Fail(ProtocolErrors.InvalidBulkLength);
        }

        if (length > limits.BulkBytesMax)
        {
            return Fail(ProtocolErrors.UnauthenticatedBulkLength);
        }

        _bulkLength = (int)length;
        MoveTo(end + LengthLine.EndBytes);
        return Outcome.Taken;
    }

    private Outcome TakeInline(ReadOnlySpan<byte> request, in ParserLimits limits, RequestBatch batch, out int length)
    {
        length = 0;
        switch (LengthLine.Find(request, 0, ref _searched, (byte)'\n', limits.InlineBytesMax, out int end))
        {
            case LineStatus.Incomplete:
                return Outcome.Incomplete;
            case LineStatus.TooLong:
                return Fail(ProtocolErrors.InlineTooLong);
        }

        ReadOnlySpan<byte> line = request[..end];
        if (line is [.., (byte)'\r'])
        {
            line = line[..^1];
        }

        int first = batch.Arguments.Count;
        if (!InlineSplitter.TrySplit(line, batch))
        {
            return Fail(ProtocolErrors.UnbalancedQuotes);
        }

        length = end + 1;
        ForgetRequest();
        if (batch.Arguments.Count == first)
        {
            return Outcome.Skipped;
        }

        batch.Add(first, inArena: true);
        return Outcome.Taken;
    }

    private void MoveTo(int position)
    {
        Debug.Assert(position >= _position);
        _position = position;
        _searched = position;
    }

    private Outcome Fail(string text)
    {
        ForgetRequest();
        ErrorText = text;
        return Outcome.Failed;
    }

    private void ForgetRequest()
    {
        _pending.Clear(PendingKeptMax);
        _position = 0;
        _searched = 0;
        _argumentsLeft = 0;
        _bulkLength = NoBulk;
        _seen = 0;
    }
}
