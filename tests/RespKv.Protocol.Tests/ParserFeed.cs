using System.Text;

namespace RespKv.Protocol.Tests;

/// <summary>What came out of a parser: requests as lists of arguments, the error if there was one, bytes that were not consumed.</summary>
internal sealed record ParseResult(IReadOnlyList<string[]> Requests, string Error, int BytesLeft)
{
    /// <summary>One line per fact, so that a failed comparison can be read.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach (string[] request in Requests)
        {
            text.Append('[').AppendJoin('|', request).Append("]\n");
        }

        return text.Append("error: ").Append(Error).Append("\nleft: ").Append(BytesLeft).ToString();
    }
}

/// <summary>Feeds a parser as a connection does: bytes come in pieces, consumed ones are dropped.</summary>
internal sealed class ParserFeed(ParserLimits limits, int requestsMax = int.MaxValue)
{
    private readonly RequestBatch _batch = new();
    private readonly List<string[]> _requests = [];
    private byte[] _buffer = [];
    private bool _failed;

    public RequestParser Parser { get; } = new();

    public ParseResult Result => new(_requests, Parser.ErrorText, _buffer.Length);

    public static ParseResult Parse(string data, int requestsMax = int.MaxValue) => Parse(data, ParserLimits.Default, requestsMax);

    public static ParseResult Parse(string data, ParserLimits limits, int requestsMax = int.MaxValue)
    {
        ParserFeed feed = new(limits, requestsMax);
        feed.Add(Encoding.Latin1.GetBytes(data));
        return feed.Result;
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        _buffer = [.. _buffer, .. bytes];
        if (_failed)
        {
            return;
        }

        ParseStatus status;
        do
        {
            _batch.Clear();
            status = Parser.Parse(_buffer, limits, requestsMax, _batch, out int consumed);
            Assert.InRange(_batch.Count, 0, requestsMax);
            for (int i = 0; i < _batch.Count; i++)
            {
                _requests.Add(Strings(_batch.Get(i, _buffer)));
            }

            _buffer = _buffer[consumed..];
        }
        while (status == ParseStatus.BatchFull);

        _failed = status == ParseStatus.Error;
    }

    public static string[] Strings(RequestArgs args)
    {
        string[] texts = new string[args.Count];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = Encoding.Latin1.GetString(args[i]);
        }

        return texts;
    }
}
