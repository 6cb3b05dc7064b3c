using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Server;

/// <summary>DEBUG PROTOCOL: a reply of each type, for tests of clients.</summary>
internal static class DebugReplies
{
    public static void Protocol(ReadContext c, ReadOnlySpan<byte> type)
    {
        RespWriter reply = c.Reply;
        if (type.Is("string"u8))
        {
            reply.Bulk("Hello World"u8);
        }
        else if (type.Is("integer"u8))
        {
            reply.Integer(12345);
        }
        else if (type.Is("double"u8))
        {
            reply.Double(3.141);
        }
        else if (type.Is("bignum"u8))
        {
            reply.BigNumber("1234567999999999999999999999999999999"u8);
        }
        else if (type.Is("null"u8))
        {
            reply.Null();
        }
        else if (type.Is("array"u8))
        {
            reply.ArrayHeader(3);
            Numbers(reply);
        }
        else if (type.Is("set"u8))
        {
            reply.SetHeader(3);
            Numbers(reply);
        }
        else if (type.Is("map"u8))
        {
            reply.MapHeader(3);
            for (int i = 0; i < 3; i++)
            {
                reply.Integer(i);
                reply.Boolean(i == 1);
            }
        }
        else if (type.Is("true"u8) || type.Is("false"u8))
        {
            reply.Boolean(type.Is("true"u8));
        }
        else if (type.Is("verbatim"u8))
        {
            reply.Verbatim("txt"u8, "This is a verbatim\nstring"u8);
        }
        else if (type.Is("attrib"u8))
        {
            Attribute(reply);
        }
        else if (type.Is("push"u8))
        {
            Push(c);
        }
        else
        {
            c.Fail("ERR Wrong protocol type name. Please use one of the following: string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false");
        }
    }

    private static void Numbers(RespWriter reply)
    {
        for (int i = 0; i < 3; i++)
        {
            reply.Integer(i);
        }
    }

    /// <summary>An attribute is no reply, so one stands behind it.</summary>
    private static void Attribute(RespWriter reply)
    {
        if (reply.Version >= 3)
        {
            reply.Raw("|1\r\n"u8);
            reply.Bulk("key-popularity"u8);
            reply.ArrayHeader(2);
            reply.Bulk("key:123"u8);
            reply.Integer(90);
        }

        reply.Bulk("Some real reply following the attribute"u8);
    }

    private static void Push(ReadContext c)
    {
        if (c.Reply.Version < 3)
        {
            c.Fail("ERR RESP2 is not supported by this command");
            return;
        }

        c.Reply.PushHeader(2);
        c.Reply.Bulk("server-cpu-usage"u8);
        c.Reply.Integer(42);
        c.Reply.Bulk("Some real reply following the push reply"u8);
    }
}
